"""Files as they travel between the parts: in small chunks, behind their facts."""

import hashlib
from collections.abc import AsyncIterator

from services.common.assets import Facts


def facts_of(data: bytes, content_type: str = "image/png") -> Facts:
    sha256 = hashlib.sha256(data).hexdigest()
    return Facts(
        content_type=content_type, width=1080, height=1080, size_bytes=len(data), sha256=sha256
    )


async def in_chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 4):
        yield data[start : start + 4]
