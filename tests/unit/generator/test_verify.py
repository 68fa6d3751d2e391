import hashlib
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from services.common.errors import ProviderBadAnswer
from services.generator.verify import ImageLimits, verify, verify_pixels
from tests.servers.openai_api import picture
from tests.unit.resizer.pictures import png

LIMITS = ImageLimits(max_bytes=100_000, max_pixels=64 * 48)


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("AVIF", "image/avif")],
)
def test_an_image_comes_back_with_its_facts(kind: str, content_type: str) -> None:
    data = picture(64, 48, kind)
    image = verify(data, LIMITS)
    assert (image.content_type, image.width, image.height) == (content_type, 64, 48)
    assert image.data is data
    assert image.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Sorry</html>",
        picture()[:-100],
        picture()[:8],
        picture(kind="JPEG")[:-200],
        picture(kind="GIF"),
        picture(kind="WEBP")[:60],
    ],
)
def test_what_is_no_whole_image_is_a_bad_answer(data: bytes) -> None:
    with pytest.raises(ProviderBadAnswer, match="not an image"):
        verify(data, LIMITS)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(ProviderBadAnswer, match="too many bytes"):
        verify(b"x" * 100_001, LIMITS)


def test_too_many_pixels_are_refused() -> None:
    with pytest.raises(ProviderBadAnswer, match="too many pixels"):
        verify(picture(65, 48), LIMITS)


def test_a_header_of_a_huge_image_is_refused_before_its_pixels_are_decoded() -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header
    bomb = start + struct.pack(">I", zlib.crc32(header)) + struct.pack(">I", 4) + b"IDAT...."
    with pytest.raises(ProviderBadAnswer, match="too many pixels"):
        verify(bomb, LIMITS)


def test_the_size_of_a_turned_image_is_that_of_it_upright() -> None:
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (64, 48)).save(file, "JPEG", exif=exif)
    image = verify(file.getvalue(), LIMITS)
    assert (image.width, image.height) == (48, 64)


def test_endless_scans_are_refused_before_they_are_decoded() -> None:
    file = BytesIO()
    Image.new("L", (64, 48)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    last_scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(ProviderBadAnswer, match="too many scans"):
        verify(data[:-2] + 1000 * last_scan + data[-2:], LIMITS)


def test_a_file_that_is_not_proven_whole_is_taken_if_it_can_be_decoded() -> None:
    endless = picture().removesuffix(b"\0\0\0\0IEND\xaeB`\x82")
    assert verify(endless, LIMITS).width == 64


def test_pixels_without_sense_are_left_to_the_resizer_but_not_if_they_are_asked_for() -> None:
    garbled = png(64, 48, depth=8, colour_type=2, rows=b"too few")
    assert verify(garbled, LIMITS).width == 64
    with pytest.raises(ProviderBadAnswer, match="not an image"):
        verify_pixels(garbled, LIMITS)
