"""Every test that asks for `rendered` runs once for each overlay."""

import pytest

from tests.manifests.rendered import OPTIONS, OVERLAYS, Overlay, overlay


@pytest.fixture(params=[*OVERLAYS, OPTIONS])
def rendered(request: pytest.FixtureRequest) -> Overlay:
    """One overlay."""
    return overlay(request.param)
