"""The operations on webhooks.

What a webhook receives is verified by the public package `standardwebhooks`; see docs/webhooks.md.
"""

from collections.abc import AsyncIterator, Sequence

from snapasset.gateway.v1 import webhooks_pb2 as pb
from snapasset.gateway.v1.webhooks_pb2_grpc import WebhookServiceStub

from ..connection import Connection
from ..paging import PAGE_SIZE, entries
from .base import Calls


class WebhookCalls(Calls):
    """One caller's webhooks. An API key names their owner as `user_id`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._webhooks = WebhookServiceStub(connection.channel)

    async def create_webhook(
        self, url: str, events: Sequence[str] = (), *, user_id: str = ""
    ) -> pb.CreateWebhookResponse:
        """Make a webhook, which is told the end of each job unless `events` say otherwise.

        Keep the `secret` of the answer: it is not shown again.
        """
        request = pb.CreateWebhookRequest(url=url, events=events, user_id=user_id)
        # After a lost answer a second try would fail because the first one worked.
        return await self._ask(self._webhooks.CreateWebhook, request, repeatable=False)

    async def webhooks(self, *, user_id: str = "") -> list[pb.Webhook]:
        """Return the webhooks, oldest first."""
        request = pb.ListWebhooksRequest(user_id=user_id)
        return list((await self._ask(self._webhooks.ListWebhooks, request)).webhooks)

    async def delete_webhook(
        self, webhook_id: str, *, user_id: str = ""
    ) -> pb.DeleteWebhookResponse:
        """Delete a webhook with all its deliveries."""
        request = pb.DeleteWebhookRequest(webhook_id=webhook_id, user_id=user_id)
        return await self._ask(self._webhooks.DeleteWebhook, request, repeatable=False)

    async def webhook_secret(self, *, user_id: str = "") -> str:
        """Return the secret that signs what goes to the `webhook_url` of jobs."""
        request = pb.GetWebhookSecretRequest(user_id=user_id)
        return (await self._ask(self._webhooks.GetWebhookSecret, request)).secret

    async def rotate_webhook_secret(
        self, webhook_id: str, *, user_id: str = ""
    ) -> pb.RotateWebhookSecretResponse:
        """Give a webhook, or "default", a new secret; the previous one signs too for 24 hours."""
        request = pb.RotateWebhookSecretRequest(webhook_id=webhook_id, user_id=user_id)
        return await self._ask(self._webhooks.RotateWebhookSecret, request, repeatable=False)

    async def test_webhook(self, webhook_id: str, *, user_id: str = "") -> pb.WebhookDelivery:
        """Send a webhook a test; return the delivery to look at."""
        request = pb.TestWebhookRequest(webhook_id=webhook_id, user_id=user_id)
        answer = await self._ask(self._webhooks.TestWebhook, request, repeatable=False)
        return answer.delivery

    def deliveries(
        self, webhook_id: str, *, user_id: str = ""
    ) -> AsyncIterator[pb.WebhookDelivery]:
        """Yield what a webhook, or "default", was sent, newest first, page by page."""

        async def ask(cursor: str) -> tuple[Sequence[pb.WebhookDelivery], str]:
            request = pb.ListDeliveriesRequest(
                webhook_id=webhook_id, limit=PAGE_SIZE, cursor=cursor, user_id=user_id
            )
            page = await self._ask(self._webhooks.ListDeliveries, request)
            return page.deliveries, page.next_cursor

        return entries(ask)

    async def redeliver(
        self, webhook_id: str, delivery_id: str, *, user_id: str = ""
    ) -> pb.WebhookDelivery:
        """Send a delivery again, with the same id and body."""
        request = pb.RedeliverDeliveryRequest(
            webhook_id=webhook_id, delivery_id=delivery_id, user_id=user_id
        )
        answer = await self._ask(self._webhooks.RedeliverDelivery, request, repeatable=False)
        return answer.delivery
