"""Checks the addresses that a request wants to have called."""

from collections.abc import Sequence

from services.common.errors import FieldMistake
from services.common.web.networks import Network
from services.jobs.webhooks.addresses import address_mistake


class WebhookAddresses:
    """Knows the networks that the operator allows besides the internet."""

    def __init__(self, also: Sequence[Network]) -> None:
        self._also = also

    def mistakes(self, field: str, url: str) -> Sequence[FieldMistake]:
        """Return what is wrong with the address in `field`, beyond the bounds of the field. An
        empty one is absent."""
        wrong = address_mistake(url, self._also) if url else ""
        return [FieldMistake(field, wrong)] if wrong else []
