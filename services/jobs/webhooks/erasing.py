"""Deletes what is kept about an owner's webhooks, and what they were told."""

from services.jobs.webhooks.deliveries import Deliveries
from services.jobs.webhooks.registry import WebhookRegistry
from services.jobs.webhooks.values import DEFAULT


class WebhookErasure:
    """Erases. Stopped anywhere, it goes on when it is called again."""

    def __init__(self, registry: WebhookRegistry, deliveries: Deliveries) -> None:
        self._registry = registry
        self._deliveries = deliveries

    async def erase(self, owner: str) -> None:
        """Delete all webhooks of an owner, their secrets and deliveries."""
        for webhook_id in [*(one.id for one in await self._registry.all(owner)), DEFAULT]:
            await self._deliveries.forget(owner, webhook_id)
        await self._deliveries.forget_events(owner)
        await self._registry.remove_all(owner)
