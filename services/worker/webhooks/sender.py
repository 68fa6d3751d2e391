"""Keeps the worker's sending slots filled with deliveries that are due.

Webhooks whose last try failed or took long have a lane of their own and at most half of the slots,
so they never keep a sound one waiting. Within a lane each webhook gets its turn; see
`schedule.lua`.
"""

import asyncio
import contextlib
import logging
import secrets

from redis.exceptions import RedisError

from services.jobs.webhooks import keys
from services.jobs.webhooks.outbox import Outbox, TakenDelivery
from services.worker.webhooks.delivering import Delivering

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""How long a delivery waits at most to be noticed."""

_LAST_SECONDS = 5.0


class Sender:
    """Sends up to `slots` messages at once."""

    def __init__(self, outbox: Outbox, delivering: Delivering, *, slots: int) -> None:
        self._outbox = outbox
        self._delivering = delivering
        self._slots = slots
        self._running: dict[str, set[asyncio.Task[None]]] = {keys.SOUND: set(), keys.FAILING: set()}
        self._ended = asyncio.Event()

    async def send(self) -> None:
        """Begin all tries for which there is room, then wait until that may have changed.

        Raises RedisError.
        """
        self._ended.clear()
        while await self._begin_some(keys.SOUND) + await self._begin_some(keys.FAILING):
            pass
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._ended.wait()

    async def over(self) -> None:
        """Give the tries that are under way some seconds; another worker makes those that are left
        again."""
        if running := [task for tasks in self._running.values() for task in tasks]:
            await asyncio.wait(running, timeout=_LAST_SECONDS)
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    async def _begin_some(self, lane: str) -> int:
        if (room := self._room(lane)) <= 0:
            return 0
        found = await self._outbox.take(lane, room, secrets.token_hex(8))
        for taken in found:
            task = asyncio.create_task(self._deliver(taken))
            self._running[lane].add(task)
            task.add_done_callback(self._done)
        return len(found)

    def _room(self, lane: str) -> int:
        free = self._slots - sum(map(len, self._running.values()))
        if lane == keys.FAILING:
            return min(free, self._slots // 2 - len(self._running[lane]))
        return free

    async def _deliver(self, taken: TakenDelivery) -> None:
        try:
            await self._delivering.deliver(taken)
        except RedisError as error:
            logger.warning("Redis does not answer, a delivery has to wait: %s", error)
        except Exception:  # the lease runs out, and it is tried again
            logger.exception("A delivery failed unexpectedly", extra={"job_id": taken.job_id})

    def _done(self, task: asyncio.Task[None]) -> None:
        for tasks in self._running.values():
            tasks.discard(task)
        self._ended.set()
