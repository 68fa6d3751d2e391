import base64
import hashlib
import io

import pytest
from PIL import Image

from clients.python.snapasset_client.agents.previews import MOST_BYTES, shrink


def noise(mode: str, size: tuple[int, int], kind: str) -> bytes:
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = hashlib.shake_128(b"noise").digest(size[0] * size[1] * bands)
    written = io.BytesIO()
    Image.frombytes(mode, size, pixels).save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize(
    ("mode", "size", "kind"),
    [
        ("RGB", (1200, 675), "JPEG"),
        ("RGBA", (1080, 1920), "PNG"),
        ("L", (16, 16), "PNG"),
        ("LA", (600, 600), "PNG"),
        ("RGB", (4096, 16), "WEBP"),
        ("RGBA", (600, 600), "WEBP"),
        ("RGB", (64, 64), "AVIF"),
    ],
)
def test_a_preview_of_the_worst_picture_is_small(
    mode: str, size: tuple[int, int], kind: str
) -> None:
    preview = shrink(noise(mode, size, kind))
    assert preview
    assert len(base64.b64encode(preview)) <= MOST_BYTES
    with Image.open(io.BytesIO(preview)) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) <= 512


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_what_is_transparent_is_white_whatever_lies_under_it(kind: str) -> None:
    written = io.BytesIO()
    picture = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 32, 64))
    picture.save(written, kind, lossless=True)
    preview = shrink(written.getvalue())
    assert preview
    with Image.open(io.BytesIO(preview)) as seen:
        left, right = seen.getpixel((8, 32)), seen.getpixel((56, 32))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > 200 > left[0]
    assert min(right) > 240


@pytest.mark.parametrize("image", [b"", b"<html>", noise("RGB", (64, 64), "PNG")[:100]])
def test_what_is_no_picture_has_no_preview(image: bytes) -> None:
    assert shrink(image) is None
