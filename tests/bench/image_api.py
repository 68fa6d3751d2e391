"""An image API that answers at once, without previews: each time with another file."""

import base64
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import web

_BEFORE, _AFTER = b'{"created": 1, "data": [{"b64_json": "', b'"}]}'
_HEAD_BYTES = 33
"""Signature and IHDR of a PNG: a multiple of 3, so base64 of the parts is that of the whole."""


class ImageApi:
    """Answers with `masters` in turn, each with a comment that no file had before: so nobody can
    remember a picture."""

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._parts = [
            (base64.b64encode(one[:_HEAD_BYTES]), base64.b64encode(one[_HEAD_BYTES:]))
            for one in masters
        ]
        self._numbers = count()

    async def create(self, request: web.Request) -> web.Response:
        """Answer `POST /v1/images/generations`."""
        await request.read()
        return web.Response(body=self.answer(), content_type="application/json")

    def answer(self) -> bytes:
        """Return the next answer. Only the comment is encoded anew, so this takes no time."""
        number = next(self._numbers)
        head, rest = self._parts[number % len(self._parts)]
        comment = base64.b64encode(_comment(f"{number:010d}"))
        return b"".join((_BEFORE, head, comment, rest, _AFTER))


def _comment(text: str) -> bytes:
    """Return a chunk of 30 bytes for a text of 10."""
    kept = b"tEXtComment\0" + text.encode()
    return struct.pack(">I", len(kept) - 4) + kept + struct.pack(">I", zlib.crc32(kept))


@asynccontextmanager
async def image_api(masters: Sequence[bytes]) -> AsyncIterator[str]:
    """Run it on a free port, and yield the address that OPENAI_BASE_URL takes."""
    app = web.Application()
    app.router.add_post("/v1/images/generations", ImageApi(masters).create)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()
