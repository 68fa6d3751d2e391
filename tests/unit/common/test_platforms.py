"""The table of platforms, row by row."""

import pytest

from services.common.platforms import COVERED, MAX_BYTES, PLATFORMS, Platform
from services.resizer.order import MAX_COVERED


def name(platform: Platform) -> str:
    return platform.id


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=name)
def test_a_platform_hides_only_parts_of_its_images_and_takes_files(platform: Platform) -> None:
    assert len(platform.covered) <= MAX_COVERED
    for area in platform.covered:
        assert 0 <= area.left < area.right <= 1
        assert 0 <= area.top < area.bottom <= 1
    assert platform.max_bytes
    assert platform.max_bytes >= 100_000


def test_every_row_of_the_other_tables_is_of_a_platform() -> None:
    assert COVERED.keys() <= PLATFORMS.keys() == MAX_BYTES.keys()
