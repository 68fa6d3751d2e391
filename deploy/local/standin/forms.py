"""Reads the multipart body of an edit: its parameters, its images and its mask."""

import io
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web
from PIL import Image

from deploy.local.standin.errors import ApiError, bad_value

IMAGES_MAX = 16
IMAGE_BYTES_MAX = 50 * 1024 * 1024
MASK_BYTES_MAX = 4 * 1024 * 1024
FORM_BYTES_MAX = 128 * 1024 * 1024
IMAGE_FIELDS = ("image", "image[]")
IMAGE_FORMATS = ("PNG", "JPEG", "WEBP")
NUMBERS = ("n", "partial_images", "output_compression")


@dataclass(kw_only=True, slots=True)
class Form:
    """What came: parameters in the types that JSON would give them, and files."""

    body: dict[str, Any] = field(default_factory=dict)
    images: list[bytes] = field(default_factory=list)
    mask: bytes | None = None


async def read_form(request: web.Request) -> Form:
    """Reads the form, at most FORM_BYTES_MAX of it."""
    if request.content_type != "multipart/form-data":
        raise ApiError(status=400, message="The body of an edit must be multipart/form-data.")
    form, left = Form(), FORM_BYTES_MAX
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise ApiError(status=400, message="The form must not contain another form.")
        data = bytearray()
        while chunk := await part.read_chunk(64 * 1024):
            data += chunk
            left -= len(chunk)
            if left < 0:
                raise web.HTTPRequestEntityTooLarge(FORM_BYTES_MAX, FORM_BYTES_MAX - left)
        _take(form, part.name or "", bytes(data))
    return form


def _take(form: Form, name: str, data: bytes) -> None:
    if name in IMAGE_FIELDS:
        form.images.append(data)
    elif name == "mask":
        form.mask = data
    else:
        form.body[name] = _value(name, data.decode(errors="replace"))


def _value(name: str, text: str) -> object:
    if name == "stream" and text in ("true", "false"):
        return text == "true"
    if name in NUMBERS and text.isascii() and text.isdigit():
        return int(text)
    return text


def decode_images(form: Form) -> tuple[Image.Image, ...]:
    """Decodes the images of an edit; raises ApiError for what OpenAI would refuse."""
    if not form.images:
        message = "Missing required parameter: 'image'."
        raise bad_value("image", message, "missing_required_parameter")
    if len(form.images) > IMAGES_MAX:
        message = f"Invalid 'image': expected at most {IMAGES_MAX} images, got {len(form.images)}."
        raise bad_value("image", message, "array_above_max_length")
    return tuple(_decoded("image", data, IMAGE_BYTES_MAX, IMAGE_FORMATS) for data in form.images)


def decode_mask(form: Form, image: Image.Image) -> Image.Image | None:
    """Decodes the mask: white where the image is to be kept, black where it is to be painted."""
    if form.mask is None:
        return None
    mask = _decoded("mask", form.mask, MASK_BYTES_MAX, ("PNG",))
    if mask.size != image.size:
        message = f"Invalid mask: {mask.size} must be the size of the image, {image.size}."
        raise bad_value("mask", message, "invalid_mask_size")
    if not mask.has_transparency_data:
        raise bad_value("mask", "Invalid mask: it has no alpha channel.", "invalid_mask")
    return mask.convert("RGBA").getchannel("A").point(lambda alpha: 255 if alpha else 0)


def _decoded(param: str, data: bytes, most: int, formats: tuple[str, ...]) -> Image.Image:
    if len(data) > most:
        raise bad_value(param, f"Invalid '{param}': larger than {most} bytes.", "file_too_large")
    try:
        picture = Image.open(io.BytesIO(data), formats=formats)
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        message = f"Invalid '{param}': not a readable {', '.join(formats)} file."
        raise bad_value(param, message, "invalid_image_file") from error
    return picture
