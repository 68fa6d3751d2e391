"""Whatever is sent: what decoding takes is bounded by the pixels that are allowed."""

import ctypes
import gc
import platform
import re
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.common.errors import InvalidRequest
from services.resizer.decode import decode
from tests.unit.resizer.pictures import P3_PRIMARIES, SRGB_CURVE, chunk, png, profile, saved

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="peaks are measured with glibc and /proc of Linux"
)

SIZE = (3000, 2000)
PIXELS = SIZE[0] * SIZE[1]
ANOTHER_FRAME = Image.new("RGB", SIZE, "white")

READ: dict[str, Callable[[], bytes]] = {
    "RGB": lambda: flat("RGB"),
    "RGBA": lambda: flat("RGBA"),
    "grey": lambda: flat("L"),
    "grey of 16 bits": lambda: flat("I;16"),
    "grey of 16 bits with transparency": lambda: png(
        *SIZE,
        depth=16,
        colour_type=0,
        rows=bytes(6_001_000 * 2),
        chunks=[chunk(b"tRNS", b"\1\1")],
    ),
    "RGB of 16 bits": lambda: png(*SIZE, depth=16, colour_type=2, rows=bytes(18_002_000 * 2)),
    "palette": lambda: flat("P", transparency=0),
    "another space": lambda: flat("RGB", icc_profile=profile(P3_PRIMARIES, *SRGB_CURVE)),
    "animated PNG": lambda: flat("RGB", save_all=True, append_images=[ANOTHER_FRAME]),
    "JPEG": lambda: flat("RGB", "JPEG"),
    "progressive JPEG": lambda: flat("RGB", "JPEG", progressive=True),
    "CMYK": lambda: flat("CMYK", "JPEG"),
    "WebP": lambda: flat("RGBA", "WEBP"),
    "AVIF": lambda: flat("RGBA", "AVIF", speed=10),
    "animated WebP": lambda: flat("RGB", "WEBP", save_all=True, append_images=[ANOTHER_FRAME]),
}

REFUSED: dict[str, Callable[[], bytes]] = {
    "a bomb by its header": lambda: png(65_535, 65_535, depth=8, colour_type=2),
    "a bomb of text": lambda: with_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**28))),
    "a bomb of a profile": lambda: with_chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(2**28))),
    "more data than pixels": lambda: png(8, 8, depth=8, colour_type=2, rows=bytes(2**28)),
}
"""Refused, or read without what is too much: 256 MB in 260 kB."""


def flat(mode: str, name: str = "PNG", **options: Any) -> bytes:
    return saved(Image.new(mode, SIZE), name, **options)


def with_chunk(name: bytes, data: bytes) -> bytes:
    whole = saved(Image.new("RGB", (8, 8)))
    return whole[:33] + chunk(name, data) + whole[33:]  # behind the header


def peak_bytes(work: Callable[[], object]) -> int:
    """Return by how much the memory of this process grew at most while `work` ran."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before must not be there to be used again
    Path("/proc/self/clear_refs").write_text("5")  # from here on, counts the peak anew
    before = memory("VmRSS")
    work()
    return memory("VmHWM") - before


def memory(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


@pytest.mark.parametrize("kind", READ)
def test_a_master_takes_no_more_than_eighteen_bytes_a_pixel(kind: str) -> None:
    file = BytesIO(READ[kind]())
    # Not less than three: else nothing was measured.
    assert 3 <= peak_bytes(lambda: decode(file, PIXELS, True)) / PIXELS <= 18


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_packed_to_explode_does_not(kind: str) -> None:
    file = BytesIO(REFUSED[kind]())

    def attempt() -> None:
        with suppress(InvalidRequest):
            decode(file, PIXELS, True)

    assert peak_bytes(attempt) < 2**25
