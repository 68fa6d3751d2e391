"""Verifies that bytes really are an image before anything else relies on it.

A new image is proven by its structure: the resizer decodes its pixels soon enough, and decoding it
here as well would cost more than all the rest of a purchase. Where the structure leaves a doubt,
the pixels are decoded.
"""

import hashlib
from dataclasses import dataclass

from services.common.errors import ProviderBadAnswer
from services.common.pictures.flaws import Flaw
from services.common.pictures.opening import Picture, PictureRefused, open_picture
from services.common.pictures.structure import is_whole

_WORDS = {
    Flaw.UNKNOWN_FORMAT: "something that is not an image",
    Flaw.BROKEN: "something that is not an image",
    Flaw.TOO_MANY_PIXELS: "an image of too many pixels",
    Flaw.TOO_MANY_SCANS: "an image of too many scans",
}
"""Names for what the image API sent, by its flaw."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageLimits:
    """What an image may not exceed."""

    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedImage:
    """An image that is whole; width and height are those of the upright image.

    `sha256` is lower-case hex.
    """

    data: bytes
    content_type: str
    width: int
    height: int
    sha256: str


def verify(data: bytes, limits: ImageLimits) -> VerifiedImage:
    """Return the facts of a whole image. May take CPU: call it in a thread.

    Raises ProviderBadAnswer if it is not an image of an accepted format, broken or beyond `limits`.
    """
    picture = _opened(data, limits)
    if not is_whole(picture.content_type, data):
        _load(picture)
    return _facts(picture, data)


def verify_pixels(data: bytes, limits: ImageLimits) -> VerifiedImage:
    """Decode `data` completely and return its facts. Takes CPU: call it in a thread.

    Raises as `verify` does.
    """
    return _facts(decoded(data, limits), data)


def decoded(data: bytes, limits: ImageLimits) -> Picture:
    """Return the decoded picture. Checks bytes and pixels before it decodes. Raises as `verify`."""
    picture = _opened(data, limits)
    _load(picture)
    return picture


def _opened(data: bytes, limits: ImageLimits) -> Picture:
    if len(data) > limits.max_bytes:
        raise ProviderBadAnswer("The image API sent an image with too many bytes.")
    try:
        return open_picture(data, limits.max_pixels)
    except PictureRefused as refused:
        raise _refusal(refused) from refused


def _load(picture: Picture) -> None:
    try:
        picture.load()
    except PictureRefused as refused:
        raise _refusal(refused) from refused


def _refusal(refused: PictureRefused) -> ProviderBadAnswer:
    return ProviderBadAnswer(f"The image API sent {_WORDS[refused.flaw]}.")


def _facts(picture: Picture, data: bytes) -> VerifiedImage:
    width, height = picture.upright_size
    return VerifiedImage(
        data=data,
        content_type=picture.content_type,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
    )
