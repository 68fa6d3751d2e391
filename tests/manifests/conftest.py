"""Every test that asks for `rendered` runs once for each overlay."""

import pytest

from tests.manifests.rendered import OVERLAYS, Overlay, overlay


@pytest.fixture(params=OVERLAYS)
def rendered(request: pytest.FixtureRequest) -> Overlay:
    """One overlay."""
    return overlay(request.param)
