"""Buys images from Google's Gemini models."""

import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import httpx2
from google import genai
from google.genai import errors, types

from services.common.charge import Charge
from services.common.errors import ProviderBadAnswer, ProviderUnavailable
from services.generator.orders import Order
from services.generator.prices import PriceTable
from services.generator.providers.google.answers import painted_in
from services.generator.providers.google.faults import failure, refusal, words_of
from services.generator.providers.google.models import (
    abilities_of,
    family_of,
    most_tokens,
    resolution_of,
)
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
from services.generator.sizes import SQUARE, RatioSizes
from services.generator.styles import prompt_of
from services.generator.web.charges import charge_of_fault
from services.generator.web.client import AnswerTooLarge
from services.generator.web.discreet import Discreet

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class GoogleProvider:
    """The ImageProvider over the google-genai SDK. `client` must not retry: each try may cost.

    The API has no idempotency keys and no previews, and takes a ratio instead of a size.
    """

    client: genai.Client
    models: tuple[str, ...]
    prices: PriceTable
    pixel_budget: int
    discreet: Discreet
    name: str = "google"

    def abilities(self, model: str) -> Abilities:
        """See ImageProvider."""
        return abilities_of(model)

    def commission(self, order: Order, model: str) -> Commission:
        """See ImageProvider. An order without targets is painted as a square."""
        sizes = abilities_of(model).sizes
        return Commission(
            model=model,
            prompt=prompt_of(order),
            size=sizes.best(order.targets or (SQUARE,), self.pixel_budget),
            quality=resolution_of(order.quality, family_of(model)),
            references=order.references,
        )

    def cost_micros(self, commission: Commission, usage: Usage | None) -> int:
        """See ImageProvider."""
        price = self.prices.price(commission.model)
        return price.cost_micros(usage or most_tokens(commission))

    async def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        """See ImageProvider."""
        try:
            answer = await self.client.aio.models.generate_content(
                model=commission.model, contents=_contents(commission), config=_config(commission)
            )
        except errors.APIError as fault:
            yield Answered(request_id="", stand_in=False)
            raise self._refused(fault) from fault
        except AnswerTooLarge as fault:
            raise CallFailed(failure(ProviderBadAnswer), Charge.CHARGED) from fault
        # The SDK raises a ValueError of its own for error answers that are not text.
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as fault:
            self._log(f"{fault!r}")
            raise CallFailed(failure(ProviderUnavailable), charge_of_fault(fault)) from fault
        yield Answered(request_id="", stand_in=False)
        http = answer.sdk_http_response
        body = (http.body if http else None) or ""
        yield painted_in(RawAnswer("application/json", body.encode(errors="replace")))

    async def read(self, raw: RawAnswer) -> Painted:
        """See ImageProvider."""
        try:
            return painted_in(raw)
        except CallFailed as failed:
            if isinstance(failed.error, ProviderBadAnswer):
                raise failed.error from failed
            raise ProviderBadAnswer("The kept answer says that no image was made.") from failed

    def _refused(self, fault: errors.APIError) -> CallFailed:
        self._log(" ".join(words_of(fault.details)), status=fault.code)
        headers = getattr(fault.response, "headers", {})
        return refusal(fault.code, fault.details, headers)

    def _log(self, words: str, status: int | None = None) -> None:
        facts = {"status": status, "provider_message": self.discreet(words)}
        logger.warning("The Gemini API made no image", extra=facts)


def _contents(commission: Commission) -> types.Content:
    parts = [
        types.Part.from_bytes(data=one.data, mime_type=one.content_type)
        for one in commission.references
    ]
    return types.Content(role="user", parts=[*parts, types.Part.from_text(text=commission.prompt)])


def _config(commission: Commission) -> types.GenerateContentConfig:
    family, sizes = family_of(commission.model), abilities_of(commission.model).sizes
    ratio = sizes.name(commission.size) if isinstance(sizes, RatioSizes) else None
    asked = commission.quality if len(family.resolutions) > 1 else None
    return types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(aspect_ratio=ratio, image_size=asked),
        should_return_http_response=True,
    )
