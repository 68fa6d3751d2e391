"""Small previews of images: what an agent looks at, instead of the image itself."""

import base64
import io

from PIL import Image, UnidentifiedImageError
from snapasset.gateway.v1 import jobs_pb2 as pb

from ..client import SnapAsset
from ..errors import SnapAssetError

MOST_BYTES = 24_000
"""What a preview may have, as base64: an agent reads every byte of it."""

_MOST_PIXELS = 4096 * 4096
"""As many as the largest image that can be asked for."""

_SIDES = (512, 384, 256, 128, 64)
_QUALITIES = (80, 60, 40, 20)
_BROKEN = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError)


async def read_preview(client: SnapAsset, image: pb.JobImage) -> bytes | None:
    """Return an image as a small JPEG, None if it cannot be had: the answer is as good without."""
    if image.width * image.height > _MOST_PIXELS:
        return None
    try:
        return shrink(b"".join([part async for part in client.download(image)]))
    except SnapAssetError:
        return None


def shrink(image: bytes) -> bytes | None:
    """Return the picture as a JPEG of at most MOST_BYTES in base64, None if it is no picture."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            whole = _on_white(opened)
    except _BROKEN:
        return None
    for side in _SIDES:
        smaller = whole.copy()
        smaller.thumbnail((side, side))
        for quality in _QUALITIES:
            written = io.BytesIO()
            smaller.save(written, "JPEG", quality=quality, optimize=True)
            if len(base64.b64encode(written.getvalue())) <= MOST_BYTES:
                return written.getvalue()
    return None


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB; what lies under transparent pixels is not to be seen."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    shown = picture.convert("RGBA")
    whole = Image.new("RGB", shown.size, "white")
    whole.paste(shown, mask=shown.getchannel("A"))
    return whole
