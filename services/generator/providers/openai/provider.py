"""Buys images from OpenAI, or from any server that speaks its image API."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from services.common.errors import ProviderBadAnswer
from services.generator.orders import Order
from services.generator.prices import PriceTable
from services.generator.providers.openai.answers import is_stream
from services.generator.providers.openai.calls import Calls, NotAnswered
from services.generator.providers.openai.complaints import Complaint, complaint_of
from services.generator.providers.openai.dialect import Dialect
from services.generator.providers.openai.models import abilities_of
from services.generator.providers.openai.prices import most_tokens
from services.generator.providers.openai.proof import Proof
from services.generator.providers.openai.reading import AnswerReader
from services.generator.providers.openai.refusals import Refusals, refused_parameters
from services.generator.providers.openai.request import (
    ESSENTIAL,
    STREAMING,
    parameters,
)
from services.generator.providers.openai.words import quality_of
from services.generator.providers.port import (
    Abilities,
    Answered,
    AskAgain,
    CallFailed,
    Commission,
    Painted,
    PaintEvent,
    RawAnswer,
    Usage,
)
from services.generator.sizes import SQUARE
from services.generator.styles import prompt_of
from services.generator.web.spellings import tame

STAND_IN_HEADER = "x-snapasset-standin"
"""Our stand-in image API sends `1`: its pictures cost nothing, and no model painted them."""

_MOST_ID_CHARACTERS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """What is the same for every order of a provider."""

    models: tuple[str, ...]
    pixel_budget: int
    prices: PriceTable


class OpenAIProvider:
    """The ImageProvider over OpenAI's image API."""

    def __init__(
        self,
        calls: Calls,
        dialect: Dialect,
        habits: Habits,
        *,
        reader: AnswerReader,
        refusals: Refusals,
        proof: Proof,
    ) -> None:
        self._calls = calls
        self._dialect = dialect
        self._habits = habits
        self._reader = reader
        self._refusals = refusals
        self._proof = proof
        self._refused: dict[str, frozenset[str]] = {}

    @property
    def name(self) -> str:
        """See ImageProvider."""
        return self._dialect.name

    @property
    def models(self) -> tuple[str, ...]:
        """See ImageProvider."""
        return self._habits.models

    def abilities(self, model: str) -> Abilities:
        """See ImageProvider."""
        able = abilities_of(model)
        streams = self._dialect.streams is not False
        return replace(
            able,
            sizes=self._dialect.sizes or able.sizes,
            previews=able.previews if streams else 0,
            references=min(able.references, self._dialect.references),
            masks=self._dialect.masks,
        )

    def commission(self, order: Order, model: str) -> Commission:
        """See ImageProvider. An order without targets is painted as a square."""
        able = self.abilities(model)
        targets = order.targets or (SQUARE,)
        return Commission(
            model=model,
            prompt=prompt_of(order),
            size=able.sizes.best(targets, self._habits.pixel_budget),
            quality=quality_of(order.quality, able.qualities),
            end_user=order.end_user,
            previews=min(order.previews, able.previews),
            purchase_key=order.purchase_key,
            transparent=order.transparent,
            references=order.references,
            mask=order.mask,
            without=self._refused.get(model, frozenset()),
        )

    def cost_micros(self, commission: Commission, usage: Usage | None) -> int:
        """See ImageProvider."""
        price = self._habits.prices.price(commission.model)
        return price.cost_micros(usage or most_tokens(commission))

    async def paint(self, commission: Commission) -> AsyncGenerator[PaintEvent, None]:
        """See ImageProvider."""
        sent = await self._parameters(commission)
        try:
            async with self._calls.buy(commission, sent) as response:
                yield _answered(response.headers)
                if not response.is_success:
                    said = complaint_of(await response.aread())
                    raise self._refusal(response, said, commission, sent)
                if is_stream(response.headers.get("content-type", "")):
                    self._proof.streamed()
                async with aclosing(self._reader.read(response)) as told:
                    async for event in told:
                        yield event
        except NotAnswered as fault:
            raise self._refusals.of_fault(fault.__cause__ or fault) from fault
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as fault:
            raise self._refusals.of_fault(fault) from fault

    async def read(self, raw: RawAnswer) -> Painted:
        """See ImageProvider."""
        try:
            return await self._reader.painted(raw)
        except CallFailed as failed:
            if isinstance(failed.error, ProviderBadAnswer):
                raise failed.error from failed
            raise ProviderBadAnswer("The kept answer says that no image was made.") from failed

    def _refusal(
        self,
        response: httpx2.Response,
        said: Complaint,
        commission: Commission,
        sent: Mapping[str, Any],
    ) -> AskAgain | CallFailed:
        failed = self._refusals.of_answer(response.status_code, response.headers, said)
        refused = refused_parameters(failed.error, said, sent.keys() - ESSENTIAL)
        if not refused:
            return failed
        if refused & STREAMING:
            refused |= STREAMING
        without = commission.without | refused
        self._refused[commission.model] = without
        return AskAgain(failed.error, replace(commission, without=without))

    async def _parameters(self, commission: Commission) -> dict[str, Any]:
        found = parameters(commission, self._dialect, self.abilities(commission.model).sizes)
        wanted = not commission.without & STREAMING
        if wanted and await self._proof.streams(self._calls.key_headers):
            found |= {"stream": True, "partial_images": commission.previews}
        return found


def _answered(headers: Mapping[str, str]) -> Answered:
    return Answered(
        request_id=tame(headers.get("x-request-id", ""), _MOST_ID_CHARACTERS),
        stand_in=headers.get(STAND_IN_HEADER) == "1",
    )
