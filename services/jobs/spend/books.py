"""The books: what each owner's calls to the image API have cost in each month, in Redis."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from redis.asyncio import Redis

from services.common.assets import ProviderCall
from services.jobs import keys
from services.jobs.steady import steadily

logger = logging.getLogger(__name__)

KEPT = timedelta(days=400)
"""How long a month is remembered: a year, and the month after it to look back from."""

_NOTED = timedelta(hours=1)
_LAST_SECONDS = 3.0

# KEYS: the month, the mark of this entry. ARGV: seconds to keep the mark, the month, then pairs of
# field and number. An entry whose answer was lost is made again, and must count once.
_ENTER = """
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then return 0 end
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """The sums of one owner and month. `cost_micros` are millionths of a US dollar."""

    month: str
    calls: int = 0
    images: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0


class Books:
    """Enters calls in the background and reads the sums."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._enter = redis.register_script(_ENTER)
        self._entries: set[asyncio.Task[None]] = set()

    def note(self, owner: str, call: ProviderCall) -> None:
        """See ports.Spending. An entry outlasts a Redis that is away, and not a killed worker;
        the job's checkpoint has the call then, if it came that far."""
        entry = asyncio.create_task(self._write(owner, call, secrets.token_hex(8)))
        self._entries.add(entry)
        entry.add_done_callback(self._entries.discard)

    async def close(self) -> None:
        """Give the entries at hand some seconds to be written."""
        if self._entries:
            await asyncio.wait(self._entries, timeout=_LAST_SECONDS)

    async def read(self, owner: str, month: str) -> Spent:
        """Return the sums of a month, such as "2026-11"."""
        reading = cast(Awaitable[dict[bytes, bytes]], self._redis.hgetall(keys.spent(owner, month)))
        return Spent(month=month, **{k.decode(): int(v) for k, v in (await reading).items()})

    async def forget(self, owner: str) -> None:
        """Delete the sums of all months of an owner."""
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        months = {month_of(tomorrow - timedelta(days=days)) for days in range(KEPT.days + 2)}
        await self._redis.delete(*(keys.spent(owner, month) for month in months))

    async def _write(self, owner: str, call: ProviderCall, mark: str) -> None:
        fields = {
            "calls": 1,
            "images": int(call.outcome == "ok"),
            "input_tokens": call.input_tokens,
            "output_tokens": call.output_tokens,
            "cost_micros": call.cost_micros,
        }
        numbers = [part for pair in fields.items() for part in pair]
        times = [int(_NOTED.total_seconds()), int(KEPT.total_seconds())]
        written = cast(Callable[..., Awaitable[Any]], self._enter)
        names = [keys.spent(owner, month_of(datetime.now(UTC))), keys.spent_mark(mark)]
        await steadily(lambda: written(keys=names, args=[*times, *numbers]))


def month_of(when: datetime) -> str:
    """Return the month as in "2026-11"."""
    return when.astimezone(UTC).strftime("%Y-%m")
