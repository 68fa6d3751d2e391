import zlib

import pytest

from services.common.pictures.png import without_extras
from tests.unit.resizer.pictures import chunk, png

PICTURE = png(1, 1, depth=8, colour_type=0, rows=b"\0\0")
PROFILE = b"profile" * 300_000


def with_chunks(*chunks: bytes) -> bytes:
    return png(1, 1, depth=8, colour_type=0, rows=b"\0\0", chunks=chunks)


def iccp(packed: bytes, method: bytes = b"\0") -> bytes:
    return chunk(b"iCCP", b"name\0" + method + packed)


def test_a_file_without_extras_stays_as_it_is() -> None:
    assert without_extras(PICTURE)[0] is PICTURE


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_texts_are_left_out_before_and_behind_the_pixels(kind: bytes) -> None:
    text = chunk(kind, b"workflow\0\0" + zlib.compress(b"x" * 2_000_000))
    end = chunk(b"IEND", b"")
    behind = PICTURE.removesuffix(end) + text + end
    assert without_extras(with_chunks(text)) == (PICTURE, None)
    assert without_extras(behind) == (PICTURE, None)


def test_a_profile_is_taken_out_and_unpacked() -> None:
    assert without_extras(with_chunks(iccp(zlib.compress(PROFILE)))) == (PICTURE, PROFILE)


@pytest.mark.parametrize(
    "broken",
    [
        iccp(b"no deflate"),
        iccp(zlib.compress(PROFILE)[:-9]),
        iccp(zlib.compress(b"\0" * 5_000_000)),
        iccp(zlib.compress(PROFILE), method=b"\1"),
        chunk(b"iCCP", b""),
    ],
    ids=["junk", "cut", "a bomb", "another method", "empty"],
)
def test_a_profile_that_cannot_be_read_is_none(broken: bytes) -> None:
    assert without_extras(with_chunks(broken)) == (PICTURE, None)


def test_what_is_no_whole_chunk_is_left_to_the_reader() -> None:
    cut = PICTURE[:-5]
    assert without_extras(cut)[0] == cut


def test_a_file_of_endless_chunks_is_refused() -> None:
    with pytest.raises(ValueError, match="chunks"):
        without_extras(with_chunks(*[chunk(b"prVt", b"")] * 100_000))
