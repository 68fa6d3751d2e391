"""The pictures that an edit begins with: verified, upright, in formats that every model reads."""

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from services.common.errors import InvalidRequest
from services.common.pictures.flaws import Flaw
from services.common.pictures.opening import PictureRefused, open_picture
from services.generator.mistakes import mistake
from services.generator.sizes import Shape
from services.generator.verify import ImageLimits

MAX_REFERENCES = 16
"""What images.edit takes (openai SDK 3.57, image_edit_params.py); no other model takes more."""

_TAKEN = ("image/png", "image/jpeg", "image/webp")
"""Formats that every model reads; others become PNG."""

_WORDS = {
    Flaw.UNKNOWN_FORMAT: "must be a PNG, JPEG, WebP or AVIF file",
    Flaw.BROKEN: "must be a file that can be read",
    Flaw.TOO_MANY_PIXELS: "must have fewer pixels",
    Flaw.TOO_MANY_SCANS: "must have fewer scans",
}
"""What a picture must be that has this flaw."""

_PNG_LEVEL = 1
_OVERLAP = 0.01
"""The part of a picture that is painted again along its margins, so that no seam shows."""

_BACKDROP_EDGE = 16
"""The margins begin as the picture itself, enlarged from this many pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A picture that a model works from, or its mask. In an estimate it has no bytes."""

    data: bytes = field(default=b"", repr=False)
    content_type: str = ""
    width: int = 0
    height: int = 0


def reference_of(data: bytes, name: str, limits: ImageLimits) -> Reference:
    """Return a reference; one that is turned, or that a model may not read, becomes a PNG.

    Takes CPU: call it in a thread. Raises InvalidRequest that names the field `name`.
    """
    picture, content_type = _upright(data, name, limits)
    if content_type not in _TAKEN:
        return _png(picture)
    return Reference(
        data=data, content_type=content_type, width=picture.width, height=picture.height
    )


def mask_of(data: bytes, name: str, of: Reference, limits: ImageLimits) -> Reference:
    """Return the mask of a reference: only its transparency counts, so nothing else is sent.

    Takes CPU. Raises InvalidRequest for one of another size, and for one without a pixel that is
    fully transparent, which would leave nothing to paint.
    """
    picture, _ = _upright(data, name, limits)
    if picture.size != (of.width, of.height):
        raise mistake(name, f"must be {of.width}x{of.height} pixels, like the first reference")
    alpha = picture.convert("RGBA").getchannel("A")
    if alpha.getextrema()[0] != 0:
        raise mistake(name, "must be fully transparent where the picture is to be painted anew")
    return _mask(alpha)


def extended(picture: Reference, size: Shape, shape: Shape) -> tuple[Reference, Reference]:
    """Return a canvas of `size` with the whole picture in it, and the mask of what is missing.

    The picture is as large as `shape`, cut from the middle of the canvas, allows. Takes CPU.
    """
    pixels = open_picture(picture.data, picture.width * picture.height).pixels.convert("RGBA")
    canvas = pixels.resize((_BACKDROP_EDGE, _BACKDROP_EDGE), Image.Resampling.BOX)
    canvas = canvas.resize((size.width, size.height), Image.Resampling.BICUBIC)
    left, top, width, height = _place(picture, size, shape)
    canvas.paste(pixels.resize((width, height), Image.Resampling.LANCZOS), (left, top))
    alpha = Image.new("L", canvas.size)
    across = round(width * _OVERLAP) if width < size.width else 0
    down = round(height * _OVERLAP) if height < size.height else 0
    box = (left + across, top + down, left + width - across, top + height - down)
    alpha.paste(255, box)
    return _png(canvas.convert("RGB")), _mask(alpha)


def _place(picture: Reference, size: Shape, shape: Shape) -> tuple[int, int, int, int]:
    """Return left, top, width and height of the picture on its canvas."""
    shown = min(size.width / shape.width, size.height / shape.height)
    scale = min(shape.width * shown / picture.width, shape.height * shown / picture.height)
    width = min(size.width, max(1, round(picture.width * scale)))
    height = min(size.height, max(1, round(picture.height * scale)))
    return (size.width - width) // 2, (size.height - height) // 2, width, height


def _upright(data: bytes, name: str, limits: ImageLimits) -> tuple[Image.Image, str]:
    """Return the decoded picture and the media type of `data`, or "" if it had to be turned."""
    try:
        picture = open_picture(data, limits.max_pixels)
        picture.load()
    except PictureRefused as refused:
        raise _refusal(name, refused.flaw, limits) from refused
    if picture.turn is None:
        return picture.pixels, picture.content_type
    return picture.pixels.transpose(picture.turn), ""


def _refusal(name: str, flaw: Flaw, limits: ImageLimits) -> InvalidRequest:
    most = f", at most {limits.max_pixels}" if flaw is Flaw.TOO_MANY_PIXELS else ""
    return mistake(name, _WORDS[flaw] + most)


def _mask(alpha: Image.Image) -> Reference:
    paper = Image.new("RGBA", alpha.size)
    paper.putalpha(alpha)
    return _png(paper)


def _png(picture: Image.Image) -> Reference:
    file = BytesIO()
    readable = picture if picture.mode in ("L", "LA", "RGB", "RGBA") else picture.convert("RGBA")
    readable.save(file, "PNG", compress_level=_PNG_LEVEL)
    return Reference(
        data=file.getvalue(),
        content_type="image/png",
        width=picture.width,
        height=picture.height,
    )
