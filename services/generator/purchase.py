"""Buys one image: chooses what to ask for, and another model where one is gone."""

import asyncio
import logging
import math
from dataclasses import dataclass, replace

from services.common.errors import ModelUnavailable
from services.generator.call import Call, CallTerms
from services.generator.events import Bought, Progressed, Tell
from services.generator.orders import Order
from services.generator.progress import Meter
from services.generator.providers.port import Commission, ImageProvider, StreamRefused

logger = logging.getLogger(__name__)

REPLY_SECONDS = 0.5
"""Kept back from the caller's deadline, so that the caller still hears how the call ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What every purchase keeps to. `models` are tried in this order; there is at least one."""

    models: tuple[str, ...]
    timeout_seconds: float
    call: CallTerms


class Buyer:
    """Buys images of one provider. It never repeats a call that may have been charged."""

    def __init__(self, provider: ImageProvider, terms: Terms) -> None:
        self._provider = provider
        self._terms = terms

    async def buy(self, order: Order, allowed_seconds: float | None, tell: Tell) -> None:
        """Buy what `order` wants and tell all that happens, at last Bought.

        `allowed_seconds` is what is left of the caller's time, if that is bounded. Raises as
        Call.make, and ModelUnavailable only when none of the models exists.
        """
        allowed = math.inf if allowed_seconds is None else allowed_seconds - REPLY_SECONDS
        purchase = _Purchase(
            deadline=asyncio.get_running_loop().time() + min(self._terms.timeout_seconds, allowed),
            meter=Meter(
                order.quality,
                order.previews,
                lambda percent, message: tell(Progressed(percent=percent, message=message)),
            ),
            tell=tell,
        )
        *others, last = self._terms.models
        for model in others:
            try:
                await self._buy_of(model, order, purchase)
                return
            except ModelUnavailable:
                logger.warning("The image model %s does not exist; trying the next", model)
        await self._buy_of(last, order, purchase)

    async def _buy_of(self, model: str, order: Order, purchase: "_Purchase") -> None:
        commission = self._provider.commission(order, model)
        try:
            await self._call(commission, purchase)
        except StreamRefused:
            await self._call(replace(commission, streamed=False), purchase)

    async def _call(self, commission: Commission, purchase: "_Purchase") -> None:
        call = Call(self._provider, commission, self._terms.call, purchase.tell)
        image, painted = await call.make(purchase.meter, purchase.deadline)
        purchase.meter.at(100, "The image is complete")
        purchase.tell(
            Bought(
                image=image,
                model=commission.model,
                quality=commission.quality,
                prompt=painted.revised_prompt or commission.prompt,
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Purchase:
    """What the calls of one purchase share. `deadline` is in seconds of the loop's clock."""

    deadline: float
    meter: Meter
    tell: Tell
