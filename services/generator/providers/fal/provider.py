"""Buys images from the models that fal.ai runs."""

import base64
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from services.common.charge import Charge
from services.common.errors import ModerationBlocked, ProviderBadAnswer
from services.generator.orders import Order
from services.generator.prices import PriceTable
from services.generator.providers.fal.faults import failure
from services.generator.providers.fal.models import abilities_of, family_of
from services.generator.providers.fal.queue import Queue
from services.generator.providers.port import (
    Abilities,
    Answered,
    CallFailed,
    Commission,
    Paid,
    Painted,
    PaintEvent,
    RawAnswer,
    Usage,
)
from services.generator.references import Reference
from services.generator.sizes import SQUARE
from services.generator.styles import prompt_of
from services.generator.web.client import UNKNOWN_TYPE
from services.generator.web.downloads import Downloads
from services.generator.web.spellings import from_base64, from_json, is_data_url

_NOTHING_COUNTED = Usage(input_tokens=0, output_tokens=0, total_tokens=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class FalProvider:
    """The ImageProvider over fal's queue, which offers no previews and no choice of quality."""

    queue: Queue
    downloads: Downloads
    models: tuple[str, ...]
    prices: PriceTable
    pixel_budget: int
    name: str = "fal"

    def abilities(self, model: str) -> Abilities:
        """See ImageProvider."""
        return abilities_of(model)

    def commission(self, order: Order, model: str) -> Commission:
        """See ImageProvider. An order without targets is painted as a square."""
        return Commission(
            model=model,
            prompt=prompt_of(order),
            size=abilities_of(model).sizes.best(order.targets or (SQUARE,), self.pixel_budget),
            quality="auto",
            references=order.references,
        )

    def cost_micros(self, commission: Commission, usage: Usage | None) -> int:
        """See ImageProvider. fal counts no tokens: it charges per image."""
        return self.prices.price(commission.model).cost_micros(_NOTHING_COUNTED)

    async def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        """See ImageProvider."""
        order = {
            "prompt": commission.prompt,
            **family_of(commission.model).size(commission.size),
            "num_images": 1,
            "output_format": "png",
        }
        images = [_data_url(one) for one in commission.references]
        path = f"{commission.model}/edit" if images else commission.model
        name = await self.queue.put(path, order | ({"image_urls": images} if images else {}))
        yield Answered(request_id=name, stand_in=False)
        raw = await self.queue.painted(commission.model, name)
        yield Paid(raw=raw)
        yield await self._painted(raw)

    async def read(self, raw: RawAnswer) -> Painted:
        """See ImageProvider."""
        if raw.content_type == UNKNOWN_TYPE:  # the image itself: its address would have expired
            return Painted(image=raw.data, raw=raw)
        try:
            return await self._painted(raw)
        except CallFailed as failed:
            raise ProviderBadAnswer(failed.error.message) from failed

    async def _painted(self, raw: RawAnswer) -> Painted:
        said = _parsed(raw)
        if _was_hidden(said):
            raise CallFailed(failure(ModerationBlocked), Charge.CHARGED, raw)
        try:
            address = said["images"][0]["url"]
            if is_data_url(address):
                return Painted(image=from_base64(address), raw=raw)
            image = await self.downloads.fetch(address)
        except ProviderBadAnswer as error:
            raise CallFailed(error, Charge.CHARGED, raw) from error
        except (LookupError, TypeError, ValueError) as error:
            raise CallFailed(failure(ProviderBadAnswer), Charge.CHARGED, raw) from error
        return Painted(image=image, raw=RawAnswer(UNKNOWN_TYPE, image))


def _data_url(picture: Reference) -> str:
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.data).decode()}"


def _parsed(raw: RawAnswer) -> Any:
    try:
        return from_json(raw.data)
    except ValueError as error:
        raise CallFailed(failure(ProviderBadAnswer), Charge.CHARGED, raw) from error


def _was_hidden(said: Any) -> bool:
    """Return whether the model's safety checker has painted over the image."""
    seen = said.get("has_nsfw_concepts") if isinstance(said, Mapping) else None
    return isinstance(seen, list) and seen[:1] == [True]
