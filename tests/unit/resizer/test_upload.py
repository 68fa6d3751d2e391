from collections.abc import AsyncIterator

import pytest

from services.common.errors import InvalidRequest
from services.resizer.upload import MAX_CHUNK_BYTES, collect


async def chunks(*data: bytes) -> AsyncIterator[bytes]:
    for one in data:
        yield one


@pytest.mark.parametrize("parts", [(b"abcdef",), (b"abc", b"def"), (b"", b"abcde", b"f")])
async def test_the_chunks_become_one_file(parts: tuple[bytes, ...]) -> None:
    file = await collect(chunks(*parts), 6)
    assert file.read() == b"abcdef"


async def test_a_chunk_of_exactly_the_limit_is_accepted() -> None:
    file = await collect(chunks(bytes(MAX_CHUNK_BYTES)), MAX_CHUNK_BYTES)
    assert file.getbuffer().nbytes == MAX_CHUNK_BYTES


@pytest.mark.parametrize(
    ("parts", "size", "words"),
    [
        ((), 6, "got 0 of 6 bytes"),
        ((b"abc",), 6, "got 3 of 6 bytes"),
        ((b"abc", b"defg"), 6, "more than the 6 bytes"),
        ((bytes(MAX_CHUNK_BYTES + 1),), MAX_CHUNK_BYTES + 1, "at most 1048576 bytes"),
    ],
)
async def test_another_number_of_bytes_than_announced_is_refused(
    parts: tuple[bytes, ...], size: int, words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words):
        await collect(chunks(*parts), size)


async def test_nothing_is_read_behind_the_byte_that_is_too_many() -> None:
    upload = chunks(b"abc", b"defg", b"hij")
    with pytest.raises(InvalidRequest):
        await collect(upload, 6)
    assert [rest async for rest in upload] == [b"hij"]
