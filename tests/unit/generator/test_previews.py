from io import BytesIO
from random import Random

import pytest
from PIL import Image

from services.generator.previews import MAX_BYTES, small_jpeg
from services.generator.verify import ImageLimits
from tests.servers.openai_api import picture

LIMITS = ImageLimits(max_bytes=50_000_000, max_pixels=4_000_000)


def opened(data: bytes | None) -> Image.Image:
    assert data
    image = Image.open(BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_preview_is_a_jpeg_of_the_same_ratio(kind: str) -> None:
    preview = opened(small_jpeg(picture(1200, 600, kind), LIMITS))
    assert (preview.format, preview.size) == ("JPEG", (320, 160))


def test_even_noise_fits() -> None:
    noise = Image.frombytes("RGB", (900, 900), Random(1).randbytes(900 * 900 * 3))  # noqa: S311
    file = BytesIO()
    noise.save(file, "PNG", icc_profile=b"x" * 30_000)
    preview = small_jpeg(file.getvalue(), LIMITS)
    assert preview
    assert len(preview) <= MAX_BYTES


def test_transparent_parts_become_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (50, 50)).save(file, "PNG")
    assert opened(small_jpeg(file.getvalue(), LIMITS)).getpixel((25, 25)) == (255, 255, 255)


def test_a_broken_image_makes_no_preview() -> None:
    assert small_jpeg(picture()[:-50], LIMITS) is None
