"""One call to the provider, from the commission to the verified image."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from services.common.errors import AppError, InternalError, ProviderBadAnswer, ProviderUnavailable
from services.generator.events import Called, Previewed, Tell
from services.generator.previews import small_jpeg
from services.generator.progress import Meter, ticking
from services.generator.providers.port import (
    Answered,
    Commission,
    ImageProvider,
    Painted,
    Partial,
    StreamRefused,
)
from services.generator.verify import ImageLimits, VerifiedImage, verify


@dataclass(frozen=True, kw_only=True, slots=True)
class CallTerms:
    """What every call keeps to. A stand-in's answer is refused unless `accept_stand_in`."""

    limits: ImageLimits
    accept_stand_in: bool
    tick_seconds: float = 1.0


class Call:
    """Makes one call, shows its progress and previews, and always tells how it ended."""

    def __init__(
        self, provider: ImageProvider, commission: Commission, terms: CallTerms, tell: Tell
    ) -> None:
        self._provider = provider
        self._commission = commission
        self._terms = terms
        self._tell = tell
        self._answer = Answered(request_id="", stand_in=False)
        self._previews = 0

    async def make(self, meter: Meter, deadline: float) -> tuple[VerifiedImage, Painted]:
        """Return the image, verified, with what the provider said of it.

        `deadline` is in seconds of the loop's clock. Raises what ImageProvider.paint raises,
        ProviderUnavailable at the deadline or when the answer breaks off, and ProviderBadAnswer.
        """
        painted = None
        try:
            painted = await self._paint(meter, deadline)
            meter.at(95, "Checking the image")
            image = await asyncio.to_thread(verify, painted.image, self._terms.limits)
        except StreamRefused as refusal:
            self._end(refusal.error.code, None)
            raise
        except AppError as error:
            error.facts["model"] = self._commission.model
            error.facts["request_id"] = self._answer.request_id
            self._end(error.code, painted)
            raise
        except Exception:  # a mistake of ours hides no call that may have been charged
            self._end(InternalError.code, painted)
            raise
        self._end("ok", painted)
        return image, painted

    def _end(self, outcome: str, painted: Painted | None) -> None:
        self._tell(
            Called(
                model=self._commission.model,
                outcome=outcome,
                request_id=self._answer.request_id,
                usage=painted.usage if painted else None,
                stand_in=self._answer.stand_in,
            )
        )

    async def _paint(self, meter: Meter, deadline: float) -> Painted:
        """Return what was painted before the deadline, and show partial images meanwhile."""
        message = f"Painting with {self._commission.model}"
        came_so_far = 0
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
                        case Partial():
                            came_so_far += 1
                            meter.partial_came()
                            meter.painting(message)
                            await self._preview(event)
                        case Painted():
                            return event
        except TimeoutError as error:
            raise ProviderUnavailable(
                "The image API did not finish in time. Please try again."
            ) from error
        if came_so_far:
            raise ProviderUnavailable("The image API broke off its answer. Please try again.")
        raise ProviderBadAnswer("The image API answered without a usable image. Please try again.")

    def _refuse_stand_in(self) -> None:
        if self._answer.stand_in and not self._terms.accept_stand_in:
            raise ProviderBadAnswer(
                "The image API is the stand-in of a local stack, which production does not "
                "accept. The operator must check OPENAI_BASE_URL."
            )

    async def _preview(self, partial: Partial) -> None:
        jpeg = None
        if self._previews < self._commission.previews:
            jpeg = await asyncio.to_thread(small_jpeg, partial.image, self._terms.limits)
        if jpeg:
            self._tell(Previewed(index=self._previews, image=jpeg))
            self._previews += 1
