"""fal's queue over HTTP: an order is submitted once, and polled until it is done.

We do not use fal's own client: it resubmits an order whose answer was lost, up to ten times and on
a second domain, and each of those may be painted and charged (fal-client 1.0.3, client.py,
`_async_maybe_retry_request`). The addresses are built here from the order's id, as the queue's
documentation gives them, and never taken from an answer.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from services.common.backoff import Backoff
from services.common.charge import Charge
from services.common.errors import ProviderBadAnswer, ProviderUnavailable
from services.generator.providers.fal.faults import failure, refusal
from services.generator.providers.port import CallFailed, RawAnswer
from services.generator.web.charges import charge_of_fault
from services.generator.web.client import AnswerTooLarge, media_type
from services.generator.web.spellings import from_json

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_PASSING = (404, 408, 409, 425, 429, *range(500, 600))
"""Faults that pass while an order is being painted: the queue is polled again."""

_CANCEL_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    """The queue of one account; `http` carries its key."""

    http: httpx2.AsyncClient
    base_url: str
    poll_seconds: float = 0.5

    async def put(self, model: str, order: Mapping[str, Any]) -> str:
        """Submit an order, once; return its id. Raises CallFailed."""
        # The queue's own retries are off: an order that failed may have been painted.
        headers = {"x-fal-no-retry": "1"}
        try:
            answer = await self.http.post(self._url(model), json=dict(order), headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, AnswerTooLarge) as fault:
            raise CallFailed(failure(ProviderUnavailable), charge_of_fault(fault)) from fault
        said = _said(answer)
        if not answer.is_success:
            raise refusal(answer.status_code, said, answer.headers)
        name = said.get("request_id") if isinstance(said, Mapping) else None
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise CallFailed(failure(ProviderUnavailable), Charge.UNKNOWN)
        return name

    async def painted(self, model: str, name: str) -> RawAnswer:
        """Wait until an order is done and return what came of it. Raises CallFailed.

        Cancelling the wait withdraws the order, which works until it is being painted.
        """
        try:
            await self._done(model, name)
        except asyncio.CancelledError:
            await self._take_back(model, name)
            raise
        answer = await self._asked(model, name, "")
        if not answer.is_success:
            raise refusal(answer.status_code, _said(answer), answer.headers)
        return RawAnswer(media_type(answer), answer.content)

    async def _done(self, model: str, name: str) -> None:
        while True:
            answer = await self._asked(model, name, "/status")
            said = _said(answer)
            if not answer.is_success:
                raise CallFailed(failure(ProviderUnavailable), Charge.UNKNOWN)
            if isinstance(said, Mapping) and said.get("status") == "COMPLETED":
                if said.get("error"):
                    failed = refusal(500, said, answer.headers)
                    raise CallFailed(failed.error, failed.charge)
                return
            await asyncio.sleep(self.poll_seconds)

    async def _asked(self, model: str, name: str, what: str) -> httpx2.Response:
        """Repeat a harmless request until its answer is not a passing fault; return that answer."""
        backoff, failures = Backoff(first_seconds=self.poll_seconds, longest_seconds=10.0), 0
        while True:
            try:
                answer = await self.http.get(f"{self._order(model, name)}{what}")
            except AnswerTooLarge as fault:
                raise CallFailed(failure(ProviderBadAnswer), Charge.CHARGED) from fault
            except httpx2.TransportError:
                pass
            else:
                if answer.status_code not in _PASSING:
                    return answer
            failures += 1
            await asyncio.sleep(backoff.pause_seconds(failures))

    async def _take_back(self, model: str, name: str) -> None:
        try:
            async with asyncio.timeout(_CANCEL_SECONDS):
                await self.http.put(f"{self._order(model, name)}/cancel")
        except (TimeoutError, httpx2.HTTPError):
            return

    def _url(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}/{path}"

    def _order(self, model: str, name: str) -> str:
        owner_and_app = "/".join(model.split("/")[:2])  # without the path within an app
        return self._url(f"{owner_and_app}/requests/{name}")


def _said(answer: httpx2.Response) -> Any:
    try:
        return from_json(answer.content)
    except ValueError:
        return None
