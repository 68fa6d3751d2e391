"""Reads a successful answer of an image API as it arrives, and says whether it was charged."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Executor
from typing import TypeVar

import httpx2

from services.common.charge import Charge
from services.common.errors import ProviderBadAnswer, ProviderUnavailable
from services.generator.providers.openai.answers import (
    Finding,
    Unclear,
    finding_in_answer,
    finding_of_event,
    is_stream,
)
from services.generator.providers.openai.complaints import Complaint
from services.generator.providers.openai.faults import failure
from services.generator.providers.openai.refusals import Refusals
from services.generator.providers.port import (
    CallFailed,
    Paid,
    Painted,
    PaintEvent,
    Partial,
    RawAnswer,
)
from services.generator.web.client import AnswerTooLarge, media_type
from services.generator.web.downloads import Downloads
from services.generator.web.sse import EventDecoder, ServerSentEvent

T = TypeVar("T")

EVENTS = "text/event-stream"

_MISTAKES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What the search for an image may raise: the image is unreadable, or we have a bug, which must not
lose what was paid for."""


class AnswerReader:
    """Reads answers of status 2xx; `most_bytes` bounds one that is not a stream.

    Answers are searched in `threads`, because they may have tens of megabytes. A complete answer
    was charged, whatever it holds, and is never thrown away. One that broke off before its image
    may have been charged.
    """

    def __init__(
        self, downloads: Downloads, refusals: Refusals, *, most_bytes: int, threads: Executor
    ) -> None:
        self._downloads = downloads
        self._refusals = refusals
        self._most_bytes = most_bytes
        self._threads = threads

    async def read(self, response: httpx2.Response) -> AsyncGenerator[PaintEvent, None]:
        """Yield the images of an answer, the finished one last. Raises CallFailed."""
        kept = bytearray()
        streamed = is_stream(response.headers.get("content-type", ""))
        try:
            if not streamed:
                raw = await self._whole(response, kept)
                async for paid in self._fetching(await self._found(raw), raw):
                    yield paid
                return
            async for told in self._stream(response, kept):
                yield told
        except httpx2.HTTPError as fault:
            self._refusals.log(fault)
            # Of a stream only what may hold an image is kept.
            charge = Charge.CHARGED if streamed and kept else Charge.UNKNOWN
            raise CallFailed(failure(ProviderUnavailable), charge, _raw(response, kept)) from fault
        except AnswerTooLarge as fault:
            raise _unreadable(_raw(response, kept)) from fault

    async def painted(self, raw: RawAnswer) -> Painted:
        """Return the image in a complete answer. Raises CallFailed."""
        async for told in self._fetching(await self._found(raw), raw):
            if isinstance(told, Painted):
                return told
        raise _unreadable(raw)

    async def _found(self, raw: RawAnswer) -> Finding:
        try:
            found = await self._apart(finding_in_answer, raw.data, raw.content_type)
        except _MISTAKES as fault:
            self._refusals.log(fault)
            raise _unreadable(raw) from fault
        if isinstance(found, Complaint):
            raise self._refusals.in_answer(found, raw=raw)
        if found is None:
            raise _unreadable(raw)
        return found

    async def _apart(self, look: Callable[..., T], *values: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, look, *values)

    async def _whole(self, response: httpx2.Response, kept: bytearray) -> RawAnswer:
        async for piece in response.aiter_bytes():
            kept += piece[: self._most_bytes - len(kept)]
            if len(kept) == self._most_bytes:
                raise AnswerTooLarge("the answer exceeds its limit")
        return _raw(response, kept)

    async def _stream(
        self, response: httpx2.Response, kept: bytearray
    ) -> AsyncGenerator[PaintEvent, None]:
        decoder, shown = EventDecoder(), False
        async for event in _events(response, decoder):
            found = await self._heard(event, kept, shown=shown)
            if found is None:
                continue
            if not found.rough:
                raw = RawAnswer(EVENTS, _text(event))
                async for paid in self._fetching(found, raw):
                    yield paid
                return
            shown = True
            if found.image and isinstance(found.image, bytes):
                yield Partial(image=found.image)
        raw = self._left_over(decoder, response, kept, shown=shown)
        async for paid in self._fetching(await self._found(raw), raw):
            yield paid

    async def _heard(
        self, event: ServerSentEvent, kept: bytearray, *, shown: bool
    ) -> Finding | None:
        """Return the image that an event brings; keep an event that we do not understand."""
        found: Finding | Complaint | Unclear | None = Unclear()
        try:
            found = await self._apart(finding_of_event, event)
        except _MISTAKES as fault:
            self._refusals.log(fault)
        match found:
            case Complaint():
                raise self._refusals.in_answer(found, shown=shown)
            case Unclear():
                kept += _text(event)
                return None
        return found

    @staticmethod
    def _left_over(
        decoder: EventDecoder, response: httpx2.Response, kept: bytearray, *, shown: bool
    ) -> RawAnswer:
        """Return what else a stream without an image said: perhaps it was not a stream at all."""
        if decoder.strays:
            return RawAnswer("application/json", "\n".join(decoder.strays).encode(errors="replace"))
        if shown and not kept:  # a proxy may properly end a stream that broke off upstream
            raise CallFailed(failure(ProviderUnavailable), Charge.UNKNOWN)
        raise _unreadable(_raw(response, kept))

    async def _fetching(
        self, found: Finding, raw: RawAnswer
    ) -> AsyncGenerator[Paid | Painted, None]:
        """Yield the image itself, even where the answer holds only its address."""
        image = found.image
        if isinstance(image, str):
            yield Paid(raw=raw)
            try:
                image = await self._downloads.fetch(image)
            except ProviderBadAnswer as error:
                raise CallFailed(error, Charge.CHARGED, raw) from error
            raw = RawAnswer("application/octet-stream", image)  # the address will expire
        yield Painted(image=image, raw=raw, usage=found.usage, revised_prompt=found.revised_prompt)


async def _events(
    response: httpx2.Response, decoder: EventDecoder
) -> AsyncIterator[ServerSentEvent]:
    async for piece in response.aiter_bytes():
        for event in decoder.feed(piece):
            yield event
    for event in decoder.end():
        yield event


def _text(event: ServerSentEvent) -> bytes:
    lines = [f"event: {event.name}", *(f"data: {line}" for line in event.data.split("\n"))]
    return ("\n".join(lines) + "\n\n").encode(errors="replace")


def _raw(response: httpx2.Response, kept: bytearray) -> RawAnswer:
    return RawAnswer(media_type(response), bytes(kept))


def _unreadable(raw: RawAnswer) -> CallFailed:
    return CallFailed(failure(ProviderBadAnswer), Charge.CHARGED, raw if raw.data else None)
