import pytest

from services.common.pictures.formats import HEAD_BYTES, format_of
from tests.unit.resizer.pictures import quadrants, saved


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_the_first_bytes_tell_the_format(name: str) -> None:
    kind = format_of(saved(quadrants(32, 32), name)[:HEAD_BYTES])
    assert kind is not None
    assert kind.content_type == f"image/{name.lower()}"


@pytest.mark.parametrize(
    "head",
    [b"", b"GIF89a", b"<svg xmlns", b"RIFF....WAVE", b"\x89PNG", b"....ftypheic", b"%PDF-1.7"],
)
def test_any_other_file_has_none(head: bytes) -> None:
    assert format_of(head) is None
