"""A server that answers over HTTP exactly what a test has scripted, whatever it is asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(kw_only=True, slots=True)
class Scripted:
    """One answer. `disconnects` sends nothing at all; `never_ends` answers never."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    disconnects: bool = False
    never_ends: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        """Its JSON."""
        return json.loads(self.body)


@dataclass(kw_only=True, slots=True)
class ScriptedApi:
    """The running server and what it was asked; the last answer is given again and again."""

    replies: list[Scripted]
    origin: str = ""
    asked: list[Asked] = field(default_factory=list)
    asked_twice: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Give the next answer."""
        self.asked.append(
            Asked(
                method=request.method,
                path=request.path,
                headers=request.headers,
                body=await request.read(),
            )
        )
        if len(self.asked) > 1:
            self.asked_twice.set()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if reply.disconnects and request.transport:
            request.transport.abort()
        if reply.never_ends:
            await asyncio.Event().wait()
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


def said(value: object, status: int = 200, **headers: str) -> Scripted:
    """Return an answer of JSON."""
    named = {"content-type": "application/json", **headers}
    return Scripted(status=status, body=json.dumps(value).encode(), headers=named)


@asynccontextmanager
async def scripted_api(*replies: Scripted) -> AsyncIterator[ScriptedApi]:
    """Run the server on a free port."""
    api = ScriptedApi(replies=list(replies))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()


def paths(asked: Sequence[Asked]) -> list[str]:
    """Return the method and path of each request."""
    return [f"{one.method} {one.path}" for one in asked]
