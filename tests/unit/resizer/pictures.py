"""Pictures and profiles that the tests of the resizer cut."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image, ImageFile

from services.resizer.crop import Size
from services.resizer.order import Manner, RequestedRendition, ResizeOrder
from services.resizer.origin import Origin

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)

SRGB_PRIMARIES = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
P3_PRIMARIES = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE_PRIMARIES = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
"""XYZ of red, green and blue, adapted to D50, as the published profiles have them."""

SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""The tone curve of sRGB and of Display P3 (IEC 61966-2-1)."""


def quadrants(width: int, height: int) -> Image.Image:
    """Red, green, blue and yellow: upper left, upper right, lower left, lower right."""
    image = Image.new("RGB", (width, height), YELLOW)
    middle_x, middle_y = width // 2, height // 2
    image.paste(RED, (0, 0, middle_x, middle_y))
    image.paste(GREEN, (middle_x, 0, width, middle_y))
    image.paste(BLUE, (0, middle_y, middle_x, height))
    return image


def positions(width: int, height: int) -> Image.Image:
    """Red grows from left to right and green from top to bottom: a colour tells where it was."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, Image.new("L", (width, height), 128)))


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:  # noqa: A002
    """Return `image` as a file."""
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def opened(data: bytes) -> ImageFile.ImageFile:
    """Return the decoded image of a file."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def close(one: Any, other: Any, most: int = 6) -> bool:
    """Whether two colours differ by at most `most` levels in each channel."""
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def target(id: str, width: int, height: int) -> RequestedRendition:  # noqa: A002
    """Return a target."""
    return RequestedRendition(id=id, size=Size(width=width, height=height))


def order(*targets: RequestedRendition, size_bytes: int = 1, **values: Any) -> ResizeOrder:
    """Return an order whose targets are all cut in one manner: JPEGs, unless told otherwise."""
    origin = values.pop("origin", Origin())
    alike = tuple(replace(one, manner=Manner(**values)) for one in targets)
    return ResizeOrder(size_bytes=size_bytes, targets=alike, origin=origin)


def png(
    width: int,
    height: int,
    *,
    depth: int,
    colour_type: int,
    rows: bytes = b"",
    chunks: Iterable[bytes] = (),
) -> bytes:
    """Return a PNG of any header, with `rows` (each after its filter byte) or without pixels.

    `chunks` stand before the pixels.
    """
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    pixels = [chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", header), *chunks, *pixels])


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def profile(
    primaries: tuple[tuple[float, float, float], ...], *curve: float, private: bytes = b""
) -> bytes:
    """Return an ICC profile of an RGB space: primaries and a curve, which is a gamma or SRGB_CURVE.

    `private` is the content of a tag of its own, which means nothing to anybody else.
    """
    tags = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _tone(*curve))
    for name, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        tags[name] = _xyz(*primary)
    if private:
        tags[b"priv"] = b"data\0\0\0\0" + private + b"\0" * (-len(private) % 4)
    return _profile(b"RGB ", tags)


def grey_profile(*curve: float) -> bytes:
    """Return an ICC profile of greys, whose curve is a gamma or SRGB_CURVE."""
    return _profile(b"GRAY", {b"kTRC": _tone(*curve)})


def _tone(*curve: float) -> bytes:
    """Return a tone curve: one number is type 0 of ICC's parametric curves, five are type 3."""
    numbers = struct.pack(f">{len(curve)}i", *(round(v * 65536) for v in curve))
    kind = {1: 0, 5: 3}[len(curve)]
    return struct.pack(">4sIHH", b"para", 0, kind, 0) + numbers


def _profile(space: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    """Return a profile in the layout of ICC.1:2022."""
    tags = {**tags, b"wtpt": _xyz(0.9642, 1.0, 0.8249)}
    offset = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, offset + len(body), len(data))
        body += data
    start = struct.pack(">I4sI4s4s4s", offset + len(body), b"", 0x04300000, b"mntr", space, b"XYZ ")
    middle = struct.pack(">12s4s28s", b"", b"acsp", b"") + _xyz(0.9642, 1.0, 0.8249)[8:]
    return (start + middle).ljust(128, b"\0") + table + body


def _xyz(x: float, y: float, z: float) -> bytes:
    return struct.pack(">4sIiii", b"XYZ ", 0, *(round(v * 65536) for v in (x, y, z)))
