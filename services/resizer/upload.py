"""Collects the master of one call."""

from collections.abc import AsyncIterable
from io import BytesIO

from services.common.errors import FieldMistake, InvalidRequest

MAX_CHUNK_BYTES = 1024 * 1024
"""As the contract defines it."""


async def collect(chunks: AsyncIterable[bytes], size_bytes: int) -> BytesIO:
    """Return all chunks, which must total `size_bytes`; holds no more than that.

    Raises InvalidRequest for a chunk that is too long and for too few or too many bytes.
    """
    file = BytesIO()
    async for chunk in chunks:
        if len(chunk) > MAX_CHUNK_BYTES:
            raise _refusal(f"must be at most {MAX_CHUNK_BYTES} bytes, got {len(chunk)}")
        if file.tell() + len(chunk) > size_bytes:
            raise _refusal(f"brings more than the {size_bytes} bytes that size_bytes says")
        file.write(chunk)
    if file.tell() < size_bytes:
        raise _refusal(f"is missing: got {file.tell()} of {size_bytes} bytes")
    file.seek(0)
    return file


def _refusal(words: str) -> InvalidRequest:
    return InvalidRequest(f"The chunk {words}.", fields=[FieldMistake("chunk", words)])
