"""The events that a purchase reports while it runs: those of GenerateResponse, in Python."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from services.common.charge import Charge
from services.generator.providers.port import RawAnswer, Usage
from services.generator.verify import VerifiedImage


@dataclass(frozen=True, kw_only=True, slots=True)
class Progressed:
    """`percent` is 0 to 100, never falling; `message` is a sentence for people."""

    percent: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Previewed:
    """A small JPEG of the unfinished image."""

    index: int
    image: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A call to a provider ended. `outcome` is "ok" or the code of the error."""

    provider: str
    model: str
    outcome: str
    request_id: str
    usage: Usage | None
    stand_in: bool
    charge: Charge
    cost_micros: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bought:
    """The verified image, and what the model was given."""

    image: VerifiedImage
    provider: str
    model: str
    quality: str
    prompt: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A paid answer without a readable image, and what the model was asked."""

    raw: RawAnswer
    provider: str
    model: str
    quality: str
    prompt: str


Event = Progressed | Previewed | Called | Bought | Unreadable
Tell = Callable[[Event], None]


async def events_of(work: Callable[[Tell], Awaitable[None]]) -> AsyncGenerator[Event, None]:
    """Run `work` and yield the events that it reports; then raise what it raised.

    The work runs in a task of its own, so that a slow reader delays nothing. Closing the generator
    cancels the task and waits for it to end.
    """
    told: asyncio.Queue[Event | None] = asyncio.Queue()
    task = asyncio.ensure_future(work(told.put_nowait))
    task.add_done_callback(lambda _: told.put_nowait(None))
    try:
        while event := await told.get():
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
