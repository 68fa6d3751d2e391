"""Writes the answers: one JSON body or a stream of events, whole or damaged on purpose."""

import asyncio
import base64
import json
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from deploy.local.standin.errors import ApiError
from deploy.local.standin.images import ImageOrder, usage
from deploy.local.standin.studio import Work

RUBBISH = b"This is not an image. " * 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What goes out for one call; `image` is `b64_json` or `url` with its value, or nothing."""

    order: ImageOrder
    work: Work
    fault: str
    image: dict[str, str]
    pause_seconds: float = 0.0
    late_error: ApiError | None = None


def image_fields(fault: str, work: Work, url: str) -> dict[str, str]:
    """The field that carries the image, as the fault wants it."""
    if fault == "url":
        return {"url": url}
    return {"b64_json": _base64(RUBBISH if fault == "rubbish" else work.picture)}


async def send_json(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Answers with one JSON body."""
    order = reply.order
    body = json.dumps(
        {
            "created": int(time.time()),
            **_facts(order),
            "data": [] if reply.fault == "empty" else [reply.image],
            "usage": usage(order),
        }
    ).encode()
    sent = body[: len(body) // 2] if reply.fault in ("half", "broken") else body
    response = web.StreamResponse(headers={"content-type": "application/json"})
    response.content_length = len(body) if reply.fault == "broken" else len(sent)
    await response.prepare(request)
    await response.write(sent)
    if reply.fault == "broken":
        return _break_off(request, response)
    await response.write_eof()
    return response


async def send_events(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Answers with previews and the image as server-sent events."""
    order = reply.order
    response = web.StreamResponse(
        headers={"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
    )
    await response.prepare(request)
    for index, preview in enumerate(reply.work.previews):
        await asyncio.sleep(reply.pause_seconds)
        event = {"b64_json": _base64(preview), "partial_image_index": index}
        if reply.fault != "empty":
            await _send(response, order, f"{order.events}.partial_image", event)
        if reply.fault in ("half", "broken") or reply.late_error:
            break
    else:
        await asyncio.sleep(reply.pause_seconds)
    if reply.late_error:
        await _write(response, "error", {"type": "error", **reply.late_error.body()})
    elif reply.fault == "broken":
        return _break_off(request, response)
    elif reply.fault not in ("half", "empty"):
        fields = {**reply.image, "usage": usage(order)}
        await _send(response, order, f"{order.events}.completed", fields)
    await response.write_eof()
    return response


def _break_off(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response


async def _send(
    response: web.StreamResponse, order: ImageOrder, name: str, fields: dict[str, Any]
) -> None:
    event = {"type": name, "created_at": int(time.time()), **_facts(order), **fields}
    await _write(response, name, event)


async def _write(response: web.StreamResponse, name: str, event: dict[str, Any]) -> None:
    await response.write(f"event: {name}\ndata: {json.dumps(event)}\n\n".encode())


def _facts(order: ImageOrder) -> dict[str, str]:
    return {
        "size": order.size,
        "quality": order.quality,
        "output_format": order.output_format,
        "background": order.background,
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
