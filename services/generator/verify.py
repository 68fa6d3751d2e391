"""Proves that bytes really are an image, before anything else relies on it."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from services.common.errors import ProviderBadAnswer

CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
"""The formats that are accepted, by Pillow's names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageLimits:
    """What an image may not exceed."""

    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedImage:
    """An image that was decoded completely; `sha256` is lower-case hex."""

    data: bytes
    content_type: str
    width: int
    height: int
    sha256: str


def verify(data: bytes, limits: ImageLimits) -> VerifiedImage:
    """Decode `data` completely and return its facts. Takes CPU: call it in a thread.

    Raises ProviderBadAnswer if it is no image of an accepted format, broken or beyond `limits`.
    """
    image = decoded(data, limits)
    return VerifiedImage(
        data=data,
        content_type=CONTENT_TYPES[image.format or ""],
        width=image.width,
        height=image.height,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def decoded(data: bytes, limits: ImageLimits) -> Image.Image:
    """Return the decoded image. Checks bytes and pixels before it decodes. Raises as `verify`."""
    if len(data) > limits.max_bytes:
        raise ProviderBadAnswer("The image API sent an image of too many bytes.")
    try:
        image = Image.open(BytesIO(data), formats=tuple(CONTENT_TYPES))
        if image.width * image.height > limits.max_pixels:
            raise ProviderBadAnswer("The image API sent an image of too many pixels.")
        image.load()
    except ProviderBadAnswer:
        raise
    except Exception as error:  # decoders raise nearly anything on broken input
        raise ProviderBadAnswer("The image API sent something that is not an image.") from error
    return image
