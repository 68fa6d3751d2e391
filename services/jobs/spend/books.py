"""The books: what each owner's calls to the image API have cost in each month, in Redis.

A purchase is entered before its call with what it may cost, as one whose outcome is unknown, and is
settled afterwards. So a purchase whose worker died stays in the sums, as unknown.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import cast

from redis.asyncio import Redis

from services.jobs import keys
from services.jobs.batched import Batched
from services.jobs.claim import LeaseLost
from services.jobs.scripts import read_script
from services.jobs.spend.purchases import (
    Intent,
    Outcome,
    entry_json,
    field_of,
    month_of,
)
from services.jobs.steady import steadily

KEPT = timedelta(days=400)
"""How long a month is remembered: for a year, and the month from which one looks back."""

_PURCHASES_KEPT = timedelta(days=30)
"""As long as the job in flight to which they belong."""

_LAST_SECONDS = 3.0

_INTEND = read_script("intend")
_SETTLE = read_script("settle")


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """The sums of one owner and month. Costs are millionths of a US dollar.

    `uncertain` counts the purchases that are under way, or that ended without anybody knowing
    whether they were charged; `uncertain_micros` is what they may have cost, on top of
    `cost_micros`.
    """

    month: str
    calls: int = 0
    images: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    uncertain: int = 0
    uncertain_micros: int = 0


_SUMS = frozenset(one.name for one in fields(Spent)) - {"month"}


class Books:
    """Enters purchases and reads the sums."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._batched = Batched(redis)
        self._entries: set[asyncio.Task[None]] = set()

    async def intend(self, token: str, intent: Intent) -> None:
        """Enter a purchase that is about to begin; entering it twice changes nothing.

        `token` names the job's lease. Raises LeaseLost when somebody else holds it, and RedisError:
        in both cases nothing may be bought.
        """
        names = [keys.state(intent.job_id), keys.purchases(intent.job_id), *_sums(intent)]
        entry = [field_of(intent), entry_json(intent), intent.estimate_micros]
        ours = await self._batched.run(_INTEND, names, [token, *entry, *_times()])
        if not ours:
            raise LeaseLost(intent.job_id)

    def settle(self, intent: Intent, outcome: Outcome) -> None:
        """Enter how a purchase ended, in the background: this never waits and never fails.

        The entry survives an outage of Redis. An unknown outcome may be settled again; the others
        are final.
        """
        entry = asyncio.create_task(self._settle(intent, outcome))
        self._entries.add(entry)
        entry.add_done_callback(self._entries.discard)

    async def close(self) -> None:
        """Give the pending entries some seconds to be written."""
        if self._entries:
            await asyncio.wait(self._entries, timeout=_LAST_SECONDS)

    async def read(self, owner: str, month: str) -> Spent:
        """Return the sums of a month, such as "2026-11"."""
        reading = cast(Awaitable[dict[bytes, bytes]], self._redis.hgetall(keys.spent(owner, month)))
        sums = {name.decode(): int(value) for name, value in (await reading).items()}
        return Spent(month=month, **{name: sums[name] for name in sums.keys() & _SUMS})

    async def forget(self, owner: str) -> None:
        """Delete the sums of all months of an owner."""
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        months = {month_of(tomorrow - timedelta(days=days)) for days in range(KEPT.days + 2)}
        await self._redis.delete(*(keys.spent(owner, month) for month in months))

    async def _settle(self, intent: Intent, outcome: Outcome) -> None:
        names = [keys.purchases(intent.job_id), *_sums(intent)]
        sums = [part for pair in outcome.sums.items() for part in pair]
        args = [field_of(intent), entry_json(intent, outcome.charge), *_times(), *sums]
        await steadily(lambda: self._batched.run(_SETTLE, names, args))


def _sums(intent: Intent) -> list[str]:
    """Return the keys of the sums into which a purchase goes."""
    owners = keys.spent(intent.owner, intent.month)
    return [owners, keys.spent_by_key(intent.key, intent.month)] if intent.key else [owners]


def _times() -> tuple[int, int]:
    return int(_PURCHASES_KEPT.total_seconds()), int(KEPT.total_seconds())
