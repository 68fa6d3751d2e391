"""Verifies that bytes really are an image before anything else relies on it."""

import hashlib
from dataclasses import dataclass

from services.common.errors import ProviderBadAnswer
from services.common.pictures.opening import Flaw, Picture, PictureRefused, open_picture

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
    """An image that was decoded completely; width and height are those of the upright image.

    `sha256` is lower-case hex.
    """

    data: bytes
    content_type: str
    width: int
    height: int
    sha256: str


def verify(data: bytes, limits: ImageLimits) -> VerifiedImage:
    """Decode `data` completely and return its facts. Takes CPU: call it in a thread.

    Raises ProviderBadAnswer if it is no image of an accepted format, broken or beyond `limits`.
    """
    picture = decoded(data, limits)
    width, height = picture.upright_size
    return VerifiedImage(
        data=data,
        content_type=picture.content_type,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def decoded(data: bytes, limits: ImageLimits) -> Picture:
    """Return the decoded picture. Checks bytes and pixels before it decodes. Raises as `verify`."""
    if len(data) > limits.max_bytes:
        raise ProviderBadAnswer("The image API sent an image with too many bytes.")
    try:
        picture = open_picture(data, limits.max_pixels)
        picture.load()
    except PictureRefused as refused:
        raise ProviderBadAnswer(f"The image API sent {_WORDS[refused.flaw]}.") from refused
    return picture
