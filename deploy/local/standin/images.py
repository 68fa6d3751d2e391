"""Reads the body of an image request as strictly as OpenAI does."""

import re
from dataclasses import dataclass
from typing import Any

from PIL import Image

from deploy.local.standin.errors import ApiError, bad_value
from deploy.local.standin.models import QUALITIES, TOKENS, require_model

PROMPT_CHARS_MAX = 32_000
# input tokens of one image of an edit: a plausible number, whatever its size
REFERENCE_TOKENS = 1024
SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")
EDGE_PIXELS_MAX = 3840
PIXELS_MIN, PIXELS_MAX = 655_360, 8_294_400
AUTO_SIZE = (1024, 1024)
CHOICES = {
    "output_format": ("png", "jpeg", "webp"),
    "background": ("transparent", "opaque", "auto"),
    "moderation": ("low", "auto"),
    "complexity": ("low", "medium", "high"),
}
RANGES = {"n": (1, 1), "partial_images": (0, 3), "output_compression": (0, 100)}
TEXTS = ("user", "safety_identifier")
KNOWN = {"prompt", "model", "size", "quality", "stream", *CHOICES, *RANGES, *TEXTS}


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageOrder:
    """A valid request with every default filled in.

    An edit has `references`, and if it is masked, `keep`: what is to stay of the first of them.
    """

    prompt: str
    model: str
    width: int
    height: int
    quality: str
    output_format: str
    output_compression: int
    background: str
    stream: bool
    partial_images: int
    references: tuple[Image.Image, ...] = ()
    keep: Image.Image | None = None

    @property
    def events(self) -> str:
        """What the names of a stream's events begin with."""
        return "image_edit" if self.references else "image_generation"

    @property
    def size(self) -> str:
        """`WIDTHxHEIGHT` in pixels."""
        return f"{self.width}x{self.height}"


def usage(order: ImageOrder) -> dict[str, Any]:
    """Token counts of a plausible size; previews cost 100 more each in reality, here nothing."""
    text = max(1, round(len(order.prompt) / 4))
    images = REFERENCE_TOKENS * len(order.references)
    output = max(1, round(TOKENS[order.quality] * order.width * order.height / 1024**2))
    return {
        "input_tokens": text + images,
        "output_tokens": output,
        "total_tokens": text + images + output,
        "input_tokens_details": {"text_tokens": text, "image_tokens": images},
        "output_tokens_details": {"text_tokens": 0, "image_tokens": output},
    }


def read_order(body: dict[str, Any]) -> ImageOrder:
    """Checks a request body; raises ApiError for the first thing that OpenAI would refuse."""
    given = {name: value for name, value in body.items() if value is not None}
    for name in given:
        if name not in KNOWN:
            raise bad_value(name, f"Unknown parameter: '{name}'.", "unknown_parameter")
    prompt, model = _text(given, "prompt"), _text(given, "model")
    if len(prompt) > PROMPT_CHARS_MAX:
        raise bad_value(
            "prompt",
            f"Invalid 'prompt': string too long. Expected a string with maximum length "
            f"{PROMPT_CHARS_MAX}, but got a string with length {len(prompt)} instead.",
            "string_above_max_length",
        )
    require_model(model)
    quality = _choice(given, "quality", "auto", QUALITIES[model])
    for name in ("moderation", "complexity"):
        _choice(given, name, CHOICES[name][0], CHOICES[name])
    for name in TEXTS:
        _text({name: "-", **given}, name)
    output_format = _choice(given, "output_format", "png", CHOICES["output_format"])
    background = _choice(given, "background", "auto", CHOICES["background"])
    _number(given, "n", 1)
    compression = _number(given, "output_compression", 100)
    if output_format == "png" and compression < 100:
        raise bad_value(
            "output_compression",
            "Compression less than 100 is not supported for PNG output format.",
            "invalid_png_output_compression",
        )
    if background == "transparent" and output_format == "jpeg":
        raise bad_value("background", "Transparent background is not supported for JPEG output.")
    stream = given.get("stream", False)
    if not isinstance(stream, bool):
        raise bad_value("stream", "Invalid type for 'stream': expected a boolean.", "invalid_type")
    width, height = _size(given)
    return ImageOrder(
        prompt=prompt,
        model=model,
        width=width,
        height=height,
        quality="medium" if quality == "auto" else quality,
        output_format=output_format,
        output_compression=compression,
        background="transparent" if background == "transparent" else "opaque",
        stream=stream,
        partial_images=_number(given, "partial_images", 0),
    )


def _text(given: dict[str, Any], name: str) -> str:
    if name not in given:
        message = f"Missing required parameter: '{name}'."
        raise bad_value(name, message, "missing_required_parameter")
    value = given[name]
    if not isinstance(value, str):
        raise bad_value(name, f"Invalid type for '{name}': expected a string.", "invalid_type")
    if not value.strip():
        raise bad_value(name, f"Invalid '{name}': empty string.", "empty_string")
    return value


def _choice(given: dict[str, Any], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = given.get(name, default)
    if not isinstance(value, str) or value not in choices:
        supported = ", ".join(f"'{choice}'" for choice in choices[:-1])
        message = (
            f"Invalid value: '{value}'. Supported values are: {supported}, and '{choices[-1]}'."
        )
        raise bad_value(name, message)
    return value


def _number(given: dict[str, Any], name: str, default: int) -> int:
    value = given.get(name, default)
    lowest, highest = RANGES[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_value(name, f"Invalid type for '{name}': expected an integer.", "invalid_type")
    if not lowest <= value <= highest:
        code = "integer_above_max_value" if value > highest else "integer_below_min_value"
        raise bad_value(
            name,
            f"Invalid '{name}': expected {lowest} to {highest}, but got {value} instead.",
            code,
        )
    return value


def _size(given: dict[str, Any]) -> tuple[int, int]:
    value = given.get("size", "auto")
    if value == "auto":
        return AUTO_SIZE
    match = SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _bad_size(value, "Expected 'auto' or WIDTHxHEIGHT in pixels.")
    width, height = int(match[1]), int(match[2])
    if width % 16 or height % 16:
        raise _bad_size(value, "Width and height must both be divisible by 16.")
    if max(width, height) > 3 * min(width, height):
        raise _bad_size(value, "The aspect ratio must be between 1:3 and 3:1.")
    if max(width, height) > EDGE_PIXELS_MAX:
        raise _bad_size(value, f"The longest edge must be at most {EDGE_PIXELS_MAX} pixels.")
    if not PIXELS_MIN <= width * height <= PIXELS_MAX:
        raise _bad_size(value, f"The image must have {PIXELS_MIN} to {PIXELS_MAX} pixels.")
    return width, height


def _bad_size(value: object, reason: str) -> ApiError:
    return bad_value("size", f"Invalid size '{value}'. {reason}")
