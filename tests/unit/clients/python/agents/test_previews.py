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
        ("RGB", (4096, 16), "WEBP"),
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


@pytest.mark.parametrize("image", [b"", b"<html>", noise("RGB", (64, 64), "PNG")[:100]])
def test_what_is_no_picture_has_no_preview(image: bytes) -> None:
    assert shrink(image) is None
