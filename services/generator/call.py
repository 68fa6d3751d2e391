"""One call to a provider, from the commission to the verified image."""

import asyncio
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from services.common.charge import Charge
from services.common.errors import InternalError, ProviderBadAnswer, ProviderUnavailable
from services.generator.events import Called, Previewed, Tell
from services.generator.previews import small_jpeg
from services.generator.progress import Meter, ticking
from services.generator.providers.port import (
    Answered,
    AskAgain,
    CallFailed,
    Commission,
    ImageProvider,
    Paid,
    Painted,
    Partial,
    RawAnswer,
    Usage,
)
from services.generator.verify import ImageLimits, VerifiedImage, verify

STAND_IN = "stand-in"
"""Paints on a local stack in place of a provider."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallTerms:
    """The limits of every call. A stand-in's answer is refused unless `accept_stand_in`.

    `threads` decode images: as many at once as it has, for all calls together.
    """

    limits: ImageLimits
    accept_stand_in: bool
    threads: Executor
    tick_seconds: float = 1.0


class Call:
    """One call to a provider. It reports its progress and previews, and always how it ended."""

    def __init__(
        self, provider: ImageProvider, commission: Commission, terms: CallTerms, tell: Tell
    ) -> None:
        self._provider = provider
        self._commission = commission
        self._terms = terms
        self._tell = tell
        self._answer = Answered(request_id="", stand_in=False)
        self._paid_answer: RawAnswer | None = None
        self._previews = 0

    @property
    def painted_by(self) -> str:
        """The name of who painted: the provider's, unless a stand-in has answered for it."""
        return STAND_IN if self._answer.stand_in else self._provider.name

    async def make(self, meter: Meter, deadline: float) -> tuple[VerifiedImage, Painted]:
        """Return the verified image with what the provider said about it.

        `deadline` is in seconds of the loop's clock. Raises AskAgain, and CallFailed as
        ImageProvider.paint does, at the deadline, and for an image that can't be read.
        """
        painted = None
        try:
            painted = await self._paint(meter, deadline)
            meter.at(95, "Checking the image")
            image = await self._verified(painted)
        except AskAgain as again:
            self._end(again.error.code, Charge.NOT_CHARGED, None)
            raise
        except CallFailed as failed:
            failed.error.facts["model"] = self._commission.model
            failed.error.facts["request_id"] = self._answer.request_id
            self._end(failed.error.code, failed.charge, painted.usage if painted else None)
            raise
        except Exception:  # a mistake of ours must not hide a call that may have been charged
            self._end(InternalError.code, Charge.UNKNOWN, None)
            raise
        self._end("ok", Charge.CHARGED, painted.usage)
        return image, painted

    def _end(self, outcome: str, charge: Charge, usage: Usage | None) -> None:
        free = charge is Charge.NOT_CHARGED or self._answer.stand_in
        cost = 0 if free else self._provider.cost_micros(self._commission, usage)
        self._tell(
            Called(
                provider=self._provider.name,
                model=self._commission.model,
                outcome=outcome,
                request_id=self._answer.request_id,
                usage=usage,
                stand_in=self._answer.stand_in,
                charge=charge,
                cost_micros=cost,
            )
        )

    async def _verified(self, painted: Painted) -> VerifiedImage:
        check = partial(verify, painted.image, self._terms.limits)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._terms.threads, check)
        except ProviderBadAnswer as error:
            raise CallFailed(error, Charge.CHARGED, painted.raw) from error

    async def _paint(self, meter: Meter, deadline: float) -> Painted:
        """Return what was painted before the deadline, and show partial images meanwhile."""
        message = f"Waiting for {self._commission.model}"
        try:
            async with (
                asyncio.timeout_at(deadline),
                ticking(lambda: meter.painting(message), self._terms.tick_seconds),
                aclosing(self._provider.paint(self._commission)) as events,
            ):
                async for event in events:
                    match event:
                        case Answered():
                            self._answer = event
                            self._refuse_stand_in()
                            message = f"Painting with {self._painter}"
                        case Partial():
                            meter.partial_came()
                            meter.painting(message)
                            await self._preview(event)
                        case Paid():
                            self._paid_answer = event.raw
                        case Painted():
                            return event
        except TimeoutError as error:
            raise self._out_of_time() from error
        raise AssertionError("a provider ends with Painted or raises")

    @property
    def _painter(self) -> str:
        return "the local stand-in" if self._answer.stand_in else self._commission.model

    def _out_of_time(self) -> CallFailed:
        if self._paid_answer:
            words = "The image was paid for and could not be downloaded in time. It is kept."
            return CallFailed(ProviderBadAnswer(words), Charge.CHARGED, self._paid_answer)
        words = "The image API did not finish in time. Please try again."
        return CallFailed(ProviderUnavailable(words), Charge.UNKNOWN)

    def _refuse_stand_in(self) -> None:
        if self._answer.stand_in and not self._terms.accept_stand_in:
            words = (
                "The image API is the stand-in of a local stack, which production does not "
                "accept. The operator must check OPENAI_BASE_URL."
            )
            raise CallFailed(ProviderBadAnswer(words), Charge.NOT_CHARGED)

    async def _preview(self, partial_image: Partial) -> None:
        if self._previews >= self._commission.previews:
            return
        shrink = partial(small_jpeg, partial_image.image, self._terms.limits)
        jpeg = await asyncio.get_running_loop().run_in_executor(self._terms.threads, shrink)
        if jpeg:
            self._tell(Previewed(index=self._previews, image=jpeg))
            self._previews += 1
