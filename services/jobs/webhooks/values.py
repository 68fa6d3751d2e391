"""A webhook, its secrets, and the deliveries to it."""

import base64
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from services.jobs.codec import dumps, moment
from services.jobs.webhooks.events import Event

WEBHOOK_ID = re.compile(r"wh-[0-9a-f]{32}")
MESSAGE_ID = re.compile(r"msg_[0-9]{13}_[0-9a-f]{16}")
"""Sorts by age; see `tell.lua`."""

DEFAULT = "default"
"""The id of the webhook that each owner has without asking: it is called at the addresses that jobs
name themselves, and signs with a secret of its own."""

ROTATION = timedelta(hours=24)
"""How long a replaced secret signs too."""

_MOST_SECRETS = 5
_SECRET_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """Signs until `until` (s since 1970); without it, until it is replaced."""

    text: str
    until: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """An address that wants to know of `events`. The first of its secrets is the current one."""

    id: str
    url: str
    events: tuple[Event, ...]
    created_at: float
    secrets: tuple[Secret, ...]
    disabled_at: float | None = None

    @classmethod
    def from_json(cls, webhook_id: str, text: str | bytes) -> Self:
        """Return the webhook that `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            id=webhook_id,
            url=raw["url"],
            events=tuple(map(Event, raw["events"])),
            created_at=raw["created_at"],
            secrets=tuple(Secret(**one) for one in raw["secrets"]),
            disabled_at=raw.get("disabled_at"),
        )

    def to_json(self) -> str:
        """Return it as Redis keeps it; without the fields that have no value, since a script would
        take a null for one."""
        return dumps({name: value for name, value in asdict(self).items() if value is not None})

    def signing(self, now: float) -> Sequence[str]:
        """Return the secrets that sign at this moment, the current one first."""
        return [one.text for one in self.secrets if one.until is None or one.until > now]

    def rotated(self, now: float) -> Self:
        """Return it with a new secret. Those replaced sign for a while longer."""
        until = now + ROTATION.total_seconds()
        former = [replace(one, until=one.until or until) for one in self.secrets]
        valid = [one for one in former if one.until and one.until > now]
        return replace(self, secrets=(Secret(text=new_secret()), *valid[: _MOST_SECRETS - 1]))


class Progress(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Try:
    """One try to deliver: when (s since 1970), how long it took, the HTTP status if there was one,
    and what happened in words."""

    at: float
    seconds: float
    status: int | None
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookDelivery:
    """A message for one webhook. `count` tries were made since `since`, when it was written or
    asked for again; `tries` are the last ones of all."""

    id: str
    event: Event
    job_id: str
    url: str
    written_at: datetime
    since: datetime
    next_at: datetime | None
    progress: Progress
    count: int
    tries: tuple[Try, ...]


def delivery_of(message: str, raw: Mapping[bytes, bytes]) -> WebhookDelivery:
    """Return the delivery that a hash holds."""
    texts = {name.decode(): value.decode() for name, value in raw.items()}
    return WebhookDelivery(
        id=message,
        event=Event(texts["type"]),
        job_id=texts["job"],
        url=texts["url"],
        written_at=_from_ms(texts["at"]),
        since=_from_ms(texts["since"]),
        next_at=_from_ms(texts["next_at"]) if "next_at" in texts else None,
        progress=Progress(texts.get("ended", Progress.PENDING)),
        count=int(texts.get("count", 0)),
        tries=tuple(Try(**one) for one in json.loads(texts.get("tries", "[]"))),
    )


def new_webhook_id() -> str:
    """Return an id that nobody can guess."""
    return f"wh-{secrets.token_hex(16)}"


def new_secret() -> str:
    """Return a secret in the form of the Standard Webhooks specification."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def _from_ms(text: str) -> datetime:
    return moment(float(text) / 1000)


def tries_json(tries: Sequence[Try]) -> str:
    """Return tries as a delivery keeps them."""
    most: Any = [asdict(one) for one in tries]
    return dumps(most)
