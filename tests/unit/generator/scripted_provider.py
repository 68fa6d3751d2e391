"""A provider of images that does what the test wrote down, and a purchase from it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor

from services.common.charge import Charge
from services.common.errors import AppError
from services.generator.call import CallTerms
from services.generator.events import Called, Event
from services.generator.orders import Order
from services.generator.providers.port import (
    Abilities,
    Answered,
    CallFailed,
    Commission,
    Painted,
    PaintEvent,
    RawAnswer,
    Usage,
)
from services.generator.purchase import Buyer, Terms
from services.generator.sizes import SQUARE, ListedSizes
from services.generator.verify import ImageLimits
from tests.servers.openai_api import picture

IMAGE = picture(64, 48)
RAW = RawAnswer("application/json", b"{}")
PAINTED = Painted(
    image=IMAGE, raw=RAW, usage=Usage(input_tokens=1, output_tokens=2, total_tokens=3)
)
ANSWERED = Answered(request_id="req_1", stand_in=False)
ORDER = Order(prompt="A lighthouse", style="vivid", quality="hd", previews=2)
FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN
COUNTED, ESTIMATED = 3, 1000
TERMS = Terms(
    timeout_seconds=60,
    call=CallTerms(
        limits=ImageLimits(max_bytes=10_000, max_pixels=10_000),
        accept_stand_in=True,
        threads=ThreadPoolExecutor(1),
        tick_seconds=0.001,
    ),
)

Act = PaintEvent | Exception | asyncio.Event


class ScriptedProvider:
    """An ImageProvider that does, call after call, what the test wrote down."""

    def __init__(
        self,
        *calls: Sequence[Act],
        name: str = "one",
        models: tuple[str, ...] = ("first", "second"),
    ) -> None:
        self._calls = list(calls)
        self.name = name
        self.models = models
        self.asked: list[Commission] = []
        self.closed = 0

    def abilities(self, model: str) -> Abilities:
        return Abilities(sizes=ListedSizes((SQUARE,)), qualities=("high",), prompt_characters=9999)

    def commission(self, order: Order, model: str) -> Commission:
        return Commission(
            model=model,
            prompt=f"{order.prompt}, {order.style}",
            size=SQUARE,
            quality="high",
            previews=order.previews,
            purchase_key=order.purchase_key,
        )

    def cost_micros(self, commission: Commission, usage: Usage | None) -> int:
        return usage.total_tokens if usage else ESTIMATED + len(commission.model)

    async def read(self, raw: RawAnswer) -> Painted:
        raise NotImplementedError

    async def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        self.asked.append(commission)
        try:
            for act in self._calls.pop(0):
                if isinstance(act, Exception):
                    raise act
                if isinstance(act, asyncio.Event):
                    await act.wait()
                else:
                    yield act
        finally:
            self.closed += 1


async def buy(
    *providers: ScriptedProvider,
    terms: Terms = TERMS,
    seconds: float | None = None,
    order: Order = ORDER,
) -> tuple[list[Event], AppError | None]:
    """Return what a purchase tells and raises."""
    told: list[Event] = []
    try:
        await Buyer(providers, terms).buy(order, seconds, told.append)
    except AppError as error:
        return told, error
    return told, None


def calls_in(told: list[Event]) -> list[Called]:
    return [event for event in told if isinstance(event, Called)]


def outcomes(told: list[Event]) -> list[tuple[str, str, Charge]]:
    return [(call.model, call.outcome, call.charge) for call in calls_in(told)]


def failed(error: AppError, charge: Charge = FREE, raw: RawAnswer | None = None) -> CallFailed:
    return CallFailed(error, charge, raw)
