import pytest

from services.common.pictures.jpeg import MAX_SCANS, scans_in
from tests.unit.resizer.pictures import quadrants, saved

PLAIN = saved(quadrants(64, 64), "JPEG")
STEPPED = saved(quadrants(64, 64), "JPEG", progressive=True)
SCAN = b"\xff\xda" + b"x" * 60


def test_scans_of_the_picture_are_counted() -> None:
    assert scans_in(PLAIN) == 1
    assert 6 <= scans_in(STEPPED) <= 12


def test_counting_ends_soon_behind_the_limit() -> None:
    last = STEPPED[STEPPED.rindex(b"\xff\xda") : -2]
    assert scans_in(STEPPED[:-2] + 5000 * last + STEPPED[-2:]) == MAX_SCANS + 1


@pytest.mark.parametrize(
    "data",
    [
        PLAIN + SCAN * 150,  # a video behind the picture
        PLAIN + PLAIN,
        saved(quadrants(64, 64), "JPEG", comment=SCAN * 150),
        saved(quadrants(64, 64), "JPEG", exif=b"Exif\0\0" + SCAN * 150),
        saved(quadrants(64, 64), "JPEG", restart_marker_blocks=1),
        PLAIN[:-2],
    ],
    ids=["trailer", "second picture", "comment", "exif", "restarts", "no end"],
)
def test_what_only_looks_like_a_scan_is_none(data: bytes) -> None:
    assert scans_in(data) == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\0\xff"])
def test_a_broken_file_has_no_scans(data: bytes) -> None:
    assert scans_in(data) == 0
