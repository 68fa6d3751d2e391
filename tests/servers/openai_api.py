"""A server that speaks OpenAI's image API over HTTP, and says exactly what a test has scripted."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from aiohttp import web
from PIL import Image

USAGE = {"input_tokens": 12, "output_tokens": 1056, "total_tokens": 1068}


@dataclass(kw_only=True, slots=True)
class Reply:
    """One answer: `events` as server-sent events if given, or else `body`.

    `breaks_off` closes the connection in the middle of the body; `never_ends` keeps it open after
    all that there is to send, until the client leaves; `disconnects` sends nothing at all.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    events: Sequence[object] | None = None
    breaks_off: bool = False
    never_ends: bool = False
    disconnects: bool = False


@dataclass(kw_only=True, slots=True)
class OpenAIApi:
    """The running server: what it was asked, and `left`, set when a client gave up a call."""

    replies: list[Reply]
    models: Reply = field(default_factory=lambda: Reply(status=404))
    origin: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    files: dict[str, list[Reply]] = field(default_factory=dict)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def base_url(self) -> str:
        """Return what OPENAI_BASE_URL would be."""
        return f"{self.origin}/v1"

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Answer a generation or an edit with the next reply."""
        if request.content_type == "multipart/form-data":
            self.bodies.append(_form(await request.post()))
        else:
            self.bodies.append(await request.json())
        self.headers.append(request.headers)
        self.asked.set()
        return await self._send(request, self.replies.pop(0))

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        """Answer `GET /v1/models`, always alike."""
        return await self._send(request, self.models)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer `GET /files/{name}` with the next reply for that file."""
        self.headers.append(request.headers)
        return await self._send(request, self.files[request.match_info["name"]].pop(0))

    async def _send(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.disconnects and request.transport:
            request.transport.abort()
        try:
            response = web.StreamResponse(status=reply.status, headers=reply.headers)
            if reply.breaks_off:
                response.content_length = len(reply.body) + 1000
            if not (reply.never_ends and reply.events is None):
                await response.prepare(request)
            for event in reply.events or ():
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
            if reply.body:
                await response.write(reply.body)
            if reply.never_ends:
                await asyncio.Event().wait()
            if reply.breaks_off and request.transport:
                request.transport.close()
            else:
                await response.write_eof()
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise
        return response


@asynccontextmanager
async def openai_api(*replies: Reply, models: Reply | None = None) -> AsyncIterator[OpenAIApi]:
    """Run the server on a free port; it gives `replies` in their order."""
    api = OpenAIApi(replies=list(replies))
    api.models = models or api.models
    app = web.Application()
    app.router.add_post("/v1/images/generations", api.create)
    app.router.add_post("/v1/images/edits", api.create)
    app.router.add_get("/v1/models", api.list_models)
    app.router.add_get("/files/{name}", api.file)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()


def _form(fields: Any) -> dict[str, Any]:
    """Return the texts of a form, and of each field with files their names, types and bytes."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, web.FileField):
            file = (value.filename, value.content_type, value.file.read())
            found.setdefault(name, []).append(file)
        else:
            found[name] = value
    return found


def picture(width: int = 64, height: int = 48, kind: str = "PNG") -> bytes:
    """Return a small image with something on it."""
    file = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, kind)
    return file.getvalue()


def base64_of(data: bytes) -> str:
    """Return `data` as the API writes it."""
    return base64.b64encode(data).decode()


def streamed(*events: object, **more: Any) -> Reply:
    """Return an answer of server-sent events; `more` are fields of Reply."""
    headers = {"content-type": "text/event-stream", "x-request-id": "req_1"}
    return Reply(headers={**headers, **more.pop("headers", {})}, events=events, **more)


def partial_event(data: bytes, index: int = 0) -> dict[str, object]:
    """Return the event of one partial image."""
    return {
        "type": "image_generation.partial_image",
        "partial_image_index": index,
        "b64_json": base64_of(data),
    }


def completed_event(data: bytes) -> dict[str, object]:
    """Return the event of the finished image."""
    return {"type": "image_generation.completed", "b64_json": base64_of(data), "usage": USAGE}


def whole(image: Mapping[str, object] | None, **more: object) -> Reply:
    """Return an answer of one JSON object with `image` as its data, or none; `more` beside it."""
    return answer(200, {"created": 1, "data": [image] if image else [], "usage": USAGE, **more})


def refusal(status: int, code: str | None = None, **more: Any) -> Reply:
    """Return an error of the API; `headers` go there, other fields beside the code."""
    headers = more.pop("headers", {})
    said = {"message": "PROVIDER TEXT", "type": None, "param": None, "code": code, **more}
    return answer(status, {"error": said}, headers)


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Return an answer of one JSON value."""
    known = {"content-type": "application/json", "x-request-id": "req_1"}
    return Reply(
        status=status, headers={**known, **(headers or {})}, body=json.dumps(body).encode()
    )
