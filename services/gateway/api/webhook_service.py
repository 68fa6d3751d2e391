"""WebhookService: the webhooks of an owner, and what became of what they were sent."""

from snapasset.gateway.v1 import webhooks_pb2 as pb
from snapasset.gateway.v1 import webhooks_pb2_grpc

from services.common.errors import DeliveryNotFound, WebhookDisabled, WebhookNotFound
from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.api import requests
from services.gateway.api.bounds import mistakes, value_or_fallback
from services.gateway.api.webhook_addresses import WebhookAddresses
from services.gateway.api.webhook_views import delivery_view, webhook_view
from services.jobs.codec import moment
from services.jobs.views.job import timestamp
from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.events import ENDS, Event
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import DEFAULT, MESSAGE_ID, WEBHOOK_ID, Webhook


class WebhookService(webhooks_pb2_grpc.WebhookServiceServicer):
    """The WebhookService of the contract."""

    def __init__(
        self,
        registry: WebhookRegistry,
        deliveries: Deliveries,
        addresses: WebhookAddresses,
        *,
        most: int,
    ) -> None:
        """`most` is how many webhooks an owner may have."""
        self._most = most
        self._registry = registry
        self._deliveries = deliveries
        self._addresses = addresses

    async def CreateWebhook(
        self, request: pb.CreateWebhookRequest, ctx: Context
    ) -> pb.CreateWebhookResponse:
        """Make a webhook."""
        requests.refuse([*mistakes(request), *self._addresses.mistakes("url", request.url)])
        owner = caller().on_behalf_of(request.user_id)
        events = tuple(map(Event, request.events)) or tuple(ENDS.values())
        webhook = await self._registry.add(owner, request.url, events, most=self._most)
        return pb.CreateWebhookResponse(
            webhook=await self._view(owner, webhook), secret=webhook.secrets[0].text
        )

    async def ListWebhooks(
        self, request: pb.ListWebhooksRequest, ctx: Context
    ) -> pb.ListWebhooksResponse:
        """List an owner's webhooks."""
        owner = caller().on_behalf_of(request.user_id)
        found = [await self._view(owner, one) for one in await self._registry.all(owner)]
        return pb.ListWebhooksResponse(webhooks=found, count=len(found))

    async def DeleteWebhook(
        self, request: pb.DeleteWebhookRequest, ctx: Context
    ) -> pb.DeleteWebhookResponse:
        """Delete a webhook and its deliveries."""
        owner = caller().on_behalf_of(request.user_id)
        await self._registry.remove(owner, _of_its_own(request.webhook_id))
        await self._deliveries.forget(owner, request.webhook_id)
        return pb.DeleteWebhookResponse(webhook_id=request.webhook_id)

    async def GetWebhookSecret(
        self, request: pb.GetWebhookSecretRequest, ctx: Context
    ) -> pb.GetWebhookSecretResponse:
        """Show the secret for the addresses that jobs name themselves."""
        owner = caller().on_behalf_of(request.user_id)
        webhook = await self._registry.get(owner, DEFAULT)
        return pb.GetWebhookSecretResponse(secret=webhook.secrets[0].text)

    async def RotateWebhookSecret(
        self, request: pb.RotateWebhookSecretRequest, ctx: Context
    ) -> pb.RotateWebhookSecretResponse:
        """Replace a secret."""
        owner = caller().on_behalf_of(request.user_id)
        webhook = await self._registry.rotate(owner, _any(request.webhook_id))
        until = webhook.secrets[1].until or 0.0
        return pb.RotateWebhookSecretResponse(
            secret=webhook.secrets[0].text, former_valid_until=timestamp(moment(until))
        )

    async def TestWebhook(
        self, request: pb.TestWebhookRequest, ctx: Context
    ) -> pb.TestWebhookResponse:
        """Send a webhook a message about no job."""
        owner = caller().on_behalf_of(request.user_id)
        if request.webhook_id == DEFAULT:
            raise WebhookNotFound("The default webhook has no address to test. Name another one.")
        webhook = await self._registry.get(owner, _of_its_own(request.webhook_id))
        message = await self._deliveries.test(owner, webhook)
        delivery = await self._deliveries.get(owner, webhook.id, message)
        return pb.TestWebhookResponse(delivery=delivery_view(delivery))

    async def ListDeliveries(
        self, request: pb.ListDeliveriesRequest, ctx: Context
    ) -> pb.ListDeliveriesResponse:
        """List the deliveries to a webhook."""
        requests.check(request)
        owner = caller().on_behalf_of(request.user_id)
        webhook = await self._registry.get(owner, _any(request.webhook_id))
        limit = value_or_fallback(request, "limit")
        page = await self._deliveries.page(owner, webhook.id, limit, request.cursor)
        return pb.ListDeliveriesResponse(
            deliveries=map(delivery_view, page.deliveries),
            count=len(page.deliveries),
            next_cursor=page.next_cursor,
        )

    async def RedeliverDelivery(
        self, request: pb.RedeliverDeliveryRequest, ctx: Context
    ) -> pb.RedeliverDeliveryResponse:
        """Send a delivery again."""
        owner, message = caller().on_behalf_of(request.user_id), request.delivery_id
        webhook = await self._registry.get(owner, _any(request.webhook_id))
        if webhook.disabled_at:
            raise WebhookDisabled(
                "The webhook answered 410 Gone. Test it: it is enabled once it takes the test."
            )
        if not MESSAGE_ID.fullmatch(message):
            raise DeliveryNotFound("There is no such delivery. Check its id.")
        await self._deliveries.redeliver(owner, webhook.id, message)
        delivery = await self._deliveries.get(owner, webhook.id, message)
        return pb.RedeliverDeliveryResponse(delivery=delivery_view(delivery))

    async def _view(self, owner: str, webhook: Webhook) -> pb.Webhook:
        return webhook_view(webhook, await self._registry.tally(owner, webhook.id))


def _any(webhook_id: str) -> str:
    """Return the id of a webhook, which may be the default one. Raises WebhookNotFound."""
    return webhook_id if webhook_id == DEFAULT else _of_its_own(webhook_id)


def _of_its_own(webhook_id: str) -> str:
    """Return the id of a webhook that its owner has made. Raises WebhookNotFound."""
    if WEBHOOK_ID.fullmatch(webhook_id):
        return webhook_id
    raise WebhookNotFound("There is no such webhook. Check its id.")
