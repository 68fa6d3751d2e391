"""Long answers are cut into parts that make up the whole again."""

import pytest

from services.gateway.site.parts import PART_BYTES, parts


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 3 * PART_BYTES])
def test_parts_are_short_and_make_up_the_whole(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    cut = list(parts(content[:size]))
    assert b"".join(cut) == content[:size]
    assert all(0 < len(part) <= PART_BYTES for part in cut)
