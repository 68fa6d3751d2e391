"""How a worker hears at once that a running job was cancelled: on a Redis channel."""

import json
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis

from services.jobs import keys

_SILENCE_SECONDS = 5.0
_MOST_SILENCES = 2
"""A connection that is silent for this long, even to pings, may be dead."""


class Cancellations:
    """Passes on what the channel says. The next heartbeat finds whatever it misses."""

    def __init__(self, redis: Redis, cancelled: Callable[[str, str], None]) -> None:
        self._redis = redis
        self._cancelled = cancelled

    async def listen(self, listening: Callable[[], Awaitable[None]]) -> None:
        """Pass on the job id and lease of each cancelled attempt until the connection breaks.

        `listening` is awaited once nothing can be missed any more. Raises RedisError.
        """
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(keys.COMMANDS)
            await listening()
            silences = 0
            while silences < _MOST_SILENCES:
                message = await pubsub.get_message(timeout=_SILENCE_SECONDS)
                if message is None:
                    silences += 1
                    await pubsub.ping()
                    continue
                silences = 0
                if message["type"] == "message":
                    told = json.loads(message["data"])
                    self._cancelled(told["cancel"], told["lease"])
