"""Buys one image, trying one model after another as long as nothing has been charged."""

import asyncio
import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count

from services.common.charge import Charge
from services.common.errors import ModelUnavailable, ModerationBlocked
from services.generator.call import Call, CallTerms
from services.generator.events import Bought, Progressed, Tell, Unreadable
from services.generator.mistakes import mistake
from services.generator.needs import Candidate, able
from services.generator.orders import Order
from services.generator.progress import Meter
from services.generator.providers.port import AskAgain, CallFailed, Commission, ImageProvider
from services.generator.references import extended

logger = logging.getLogger(__name__)

REPLY_SECONDS = 0.5
"""Held back from the caller's deadline, so that the caller still learns how the call ended."""

_MOST_ASKS = 4
"""Calls to one model, while it refuses one parameter after another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """The limits of every purchase."""

    timeout_seconds: float
    call: CallTerms


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """What a purchase may cost, in millionths of a US dollar, and from whom."""

    provider: str
    model: str
    micros: int


class Buyer:
    """Buys images from `providers`, in their order. It never repeats a call that may be charged."""

    def __init__(self, providers: Sequence[ImageProvider], terms: Terms) -> None:
        self._providers = providers
        self._terms = terms

    def estimate(self, order: Order) -> Estimate:
        """Return the most expensive purchase that `order` may lead to. Raises InvalidRequest."""
        estimates = (
            Estimate(
                provider=provider.name,
                model=model,
                micros=provider.cost_micros(provider.commission(order, model), None),
            )
            for provider, model in self._candidates(order)
        )
        return max(estimates, key=lambda estimate: estimate.micros)

    async def buy(self, order: Order, allowed_seconds: float | None, tell: Tell) -> None:
        """Buy what `order` asks for and yield all that happens, Bought or Unreadable last.

        `allowed_seconds` is what is left of the caller's time, if that is bounded. Raises the
        AppError of the last call, and InvalidRequest for a model that is not for sale.
        """
        allowed = math.inf if allowed_seconds is None else allowed_seconds - REPLY_SECONDS
        purchase = _Purchase(
            order=order,
            deadline=asyncio.get_running_loop().time() + min(self._terms.timeout_seconds, allowed),
            meter=Meter(
                order.quality,
                order.previews,
                lambda percent, message: tell(Progressed(percent=percent, message=message)),
            ),
            tell=tell,
        )
        await self._buy_of_any(self._candidates(order), purchase)

    def _candidates(self, order: Order) -> Sequence[Candidate]:
        """Return the candidates in order; if a model is wished for, only those that have it.

        Raises InvalidRequest if none of them can do what the order needs.
        """
        for_sale = [(one, model) for one in self._providers for model in one.models]
        wished = [(one, model) for one, model in for_sale if order.model in ("", model)]
        if not wished:
            raise mistake("model", f"must be one of {', '.join(model for _, model in for_sale)}")
        return able(wished, order)

    async def _buy_of_any(self, candidates: Iterable[Candidate], purchase: "_Purchase") -> None:
        given_up = ""
        for provider, model in candidates:
            if provider.name == given_up:
                continue
            failed = await self._buy_of(provider, model, purchase)
            if failed is None:
                return
            error = failed.error
            logger.warning(
                "No image from model %s of provider %s: %s", model, provider.name, error.code
            )
            if failed.charge is not Charge.NOT_CHARGED or isinstance(error, ModerationBlocked):
                break
            if not isinstance(error, ModelUnavailable):
                given_up = provider.name
        raise error from failed

    async def _buy_of(
        self, provider: ImageProvider, model: str, purchase: "_Purchase"
    ) -> CallFailed | None:
        """Buy from one model, without the parameters that it refuses; return why that failed."""
        commission = await self._extended(provider.commission(purchase.order, model), purchase)
        for _ in range(_MOST_ASKS):
            try:
                await self._call(provider, commission, purchase)
            except AskAgain as again:
                key = commission.purchase_key
                commission = replace(again.instead, purchase_key=key)
                failed = CallFailed(again.error, Charge.NOT_CHARGED)
            except CallFailed as failure:
                return failure
            else:
                return None
        return failed

    async def _extended(self, commission: Commission, purchase: "_Purchase") -> Commission:
        """Put the picture that an order extends onto a canvas of the size that is asked for."""
        order = purchase.order
        if not order.extends:
            return commission
        spread = partial(extended, order.references[0], commission.size, order.targets[0])
        loop = asyncio.get_running_loop()
        canvas, mask = await loop.run_in_executor(self._terms.call.threads, spread)
        return replace(commission, references=(canvas,), mask=mask)

    async def _call(
        self, provider: ImageProvider, commission: Commission, purchase: "_Purchase"
    ) -> None:
        # A key stands for one request: a changed one, or one to another model, needs its own key.
        if commission.purchase_key and (number := next(purchase.asked)):
            key = f"{commission.purchase_key}.{number}"
            commission = replace(commission, purchase_key=key)
        call = Call(provider, commission, self._terms.call, purchase.tell)
        try:
            image, painted = await call.make(purchase.meter, purchase.deadline)
        except CallFailed as failed:
            if failed.raw and failed.charge is Charge.CHARGED:
                purchase.tell(
                    Unreadable(
                        raw=failed.raw,
                        provider=provider.name,
                        model=commission.model,
                        quality=commission.quality,
                        prompt=commission.prompt,
                    )
                )
            raise
        purchase.meter.at(100, "The image is complete")
        purchase.tell(
            Bought(
                image=image,
                provider=call.painted_by,
                model=commission.model,
                quality=commission.quality,
                prompt=painted.revised_prompt or commission.prompt,
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Purchase:
    """What the calls of one purchase share. `deadline` is in seconds of the loop's clock.

    `asked` counts the calls.
    """

    order: Order
    deadline: float
    meter: Meter
    tell: Tell
    asked: Iterator[int] = field(default_factory=count)
