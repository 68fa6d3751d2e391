import pytest

from services.common.pictures.opening import open_picture
from services.common.pictures.structure import is_whole
from tests.unit.resizer.pictures import chunk, png, quadrants, saved

KINDS = ("PNG", "JPEG", "WEBP", "AVIF")
PICTURE = saved(quadrants(64, 48))


def whole(data: bytes) -> bool:
    return is_whole(open_picture(data, 100_000).content_type, data)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_is_whole(kind: str) -> None:
    assert whole(saved(quadrants(64, 48), kind))


def test_so_are_files_in_several_scans_without_loss_and_with_metadata() -> None:
    assert whole(saved(quadrants(64, 48), "JPEG", progressive=True))
    assert whole(saved(quadrants(64, 48), "WEBP", lossless=True, exif=b"Exif\0\0" + bytes(7)))
    assert whole(saved(quadrants(64, 48), "JPEG", comment=b"\xff\xd9"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.6, 0.9, 0.999])
def test_a_cut_file_is_not(kind: str, part: float) -> None:
    data = saved(quadrants(200, 150), kind)
    content_type = f"image/{kind.lower()}"
    assert not is_whole(content_type, data[: int(part * len(data))])


@pytest.mark.parametrize("place", [20, 60, -20])
def test_a_png_with_a_changed_byte_is_not(place: int) -> None:
    changed = bytearray(PICTURE)
    changed[place] ^= 1
    assert not is_whole("image/png", bytes(changed))


def test_a_png_without_pixels_or_with_its_parts_in_another_order_is_not() -> None:
    end = chunk(b"IEND", b"")
    assert not is_whole("image/png", PICTURE[:33] + end)
    assert not is_whole("image/png", PICTURE[:8] + end + PICTURE[8:])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_follows_a_file_does_not_count(kind: str) -> None:
    assert whole(saved(quadrants(64, 48), kind) + b"behind it")


@pytest.mark.parametrize("content_type", [f"image/{kind.lower()}" for kind in KINDS])
@pytest.mark.parametrize("data", [b"", bytes(40), b"\xff" * 40, PICTURE[:8] + bytes(1000)])
def test_nothing_is_proven_by_other_bytes(content_type: str, data: bytes) -> None:
    assert not is_whole(content_type, data)


def test_pixels_that_make_no_sense_are_not_looked_at() -> None:
    assert whole(png(4, 4, depth=8, colour_type=2, rows=b"too few"))
