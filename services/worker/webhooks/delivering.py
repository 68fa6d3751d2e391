"""One try to deliver one message: makes it, signs it, sends it and enters how that went."""

import logging
import time
from collections.abc import Callable, Mapping

from services.common.errors import AppError, WebhookNotFound
from services.jobs.steady import steadily
from services.jobs.views.job import Views
from services.jobs.webhooks.body import body
from services.jobs.webhooks.events import Event
from services.jobs.webhooks.outbox import Outbox, Settled, TakenDelivery
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import DEFAULT, Progress, Webhook, WebhookDelivery
from services.worker.webhooks.metrics import WebhookMetrics
from services.worker.webhooks.post import CallKind, Poster, WebhookAnswer
from services.worker.webhooks.schedule import follow
from services.worker.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)

_UNREADY_SECONDS = 30.0
"""Until a message is made again whose links storage could not sign."""


class Delivering:
    """Makes tries, each of which must begin within `begin_seconds` of being taken: a sender that
    was held up may have lost its lease to another one."""

    def __init__(
        self,
        outbox: Outbox,
        registry: WebhookRegistry,
        views: Views,
        poster: Poster,
        metrics: WebhookMetrics,
        *,
        begin_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._outbox = outbox
        self._registry = registry
        self._views = views
        self._poster = poster
        self._metrics = metrics
        self._begin_seconds = begin_seconds
        self._clock = clock

    async def deliver(self, taken: TakenDelivery) -> None:
        """Make one try. Raises RedisError before it, nothing after it."""
        until = time.monotonic() + self._begin_seconds
        found = await self._outbox.read(taken)
        if found is None:
            return  # forgotten by now; the line drops it when the lease ends
        delivery, event = found
        webhook = await self._webhook(taken)
        if webhook is None or (webhook.disabled_at and delivery.event is not Event.TEST):
            await self._outbox.settle(taken, delivery, Settled(made=None, ended=Progress.FAILED))
            return
        text = await self._body(taken, delivery, event)
        if text is None or time.monotonic() > until:
            return
        answer = await self._post(taken, delivery, webhook, text)
        self._metrics.tried(answer.kind, answer.seconds)
        settled = follow(delivery, answer, self._clock())
        await steadily(lambda: self._outbox.settle(taken, delivery, settled))
        await steadily(lambda: self._switch(taken, delivery, webhook, answer))

    async def _webhook(self, taken: TakenDelivery) -> Webhook | None:
        try:
            return await self._registry.get(taken.owner, taken.webhook_id)
        except WebhookNotFound:
            return None

    async def _body(
        self, taken: TakenDelivery, delivery: WebhookDelivery, event: Mapping[bytes, bytes]
    ) -> str | None:
        """Return the body, None when it cannot be made now."""
        try:
            return await body(event, self._views)
        except AppError as error:
            logger.warning("A message to a webhook has to wait: %s", error.message)
        await self._outbox.settle(
            taken, delivery, Settled(made=None, pause_seconds=_UNREADY_SECONDS)
        )
        return None

    async def _post(
        self, taken: TakenDelivery, delivery: WebhookDelivery, webhook: Webhook, text: str
    ) -> WebhookAnswer:
        now = self._clock()
        headers = signed_headers(taken.message, now, text, webhook.signing(now))
        answer = await self._poster.post(delivery.url, headers, text)
        if answer.kind is not CallKind.TAKEN:
            # Neither its address nor what it answered: both may hold secrets of its owner.
            facts = {"webhook_id": taken.webhook_id, "message_id": taken.message}
            logger.warning(
                "A webhook did not take its message (%s)",
                answer.kind,
                extra={**facts, "job_id": taken.job_id, "http_status": answer.status},
            )
        return answer

    async def _switch(
        self,
        taken: TakenDelivery,
        delivery: WebhookDelivery,
        webhook: Webhook,
        answer: WebhookAnswer,
    ) -> None:
        """Disable a webhook that is gone; enable one that has taken a test."""
        if taken.webhook_id == DEFAULT:
            return
        try:
            if answer.kind is CallKind.GONE:
                await self._registry.disable(taken.owner, taken.webhook_id)
            elif (
                answer.kind is CallKind.TAKEN
                and delivery.event is Event.TEST
                and webhook.disabled_at
            ):
                await self._registry.enable(taken.owner, taken.webhook_id)
        except WebhookNotFound:
            return  # deleted in the meantime
