"""Keeps the worker's sending slots filled with deliveries that are due.

Webhooks whose last try failed or took long have a lane of their own and at most half of the slots.
Calls that turn out to be slow take no more than half of them either: beyond that, others begin
beside them. So half of the slots are always there for those that answer at once. Within a lane each
webhook gets its turn; see `schedule.lua`.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable

from redis.exceptions import RedisError

from services.jobs.webhooks import keys
from services.jobs.webhooks.outbox import Outbox, TakenDelivery
from services.worker.webhooks.delivering import Delivering
from services.worker.webhooks.schedule import PROMPT_SECONDS

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""How long a delivery waits at most to be noticed."""

_LAST_SECONDS = 5.0


class Sender:
    """Sends up to `slots` messages at once, and a few more while many calls are slow."""

    def __init__(
        self,
        outbox: Outbox,
        delivering: Delivering,
        *,
        slots: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbox = outbox
        self._delivering = delivering
        self._slots = slots
        self._clock = clock
        self._running: dict[str, dict[asyncio.Task[None], float]] = {
            keys.SOUND: {},
            keys.FAILING: {},
        }
        """By lane, the tries that are under way and when they began."""
        self._ended = asyncio.Event()

    async def send(self) -> None:
        """Begin all tries for which there is room, then wait until that may have changed.

        Raises RedisError.
        """
        self._ended.clear()
        if not await self._outbox.is_empty():
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
            self._running[lane][task] = self._clock()
            task.add_done_callback(self._done)
        return len(found)

    def _room(self, lane: str) -> int:
        half, late = self._slots // 2, self._clock() - PROMPT_SECONDS
        began = [one for tasks in self._running.values() for one in tasks.values()]
        slow = sum(one <= late for one in began)
        free = self._slots - len(began) + max(0, slow - half)
        return min(free, half - len(self._running[lane])) if lane == keys.FAILING else free

    async def _deliver(self, taken: TakenDelivery) -> None:
        try:
            await self._delivering.deliver(taken)
        except RedisError as error:
            logger.warning("Redis does not answer, a delivery has to wait: %s", error)
        except Exception:  # the lease runs out, and it is tried again
            logger.exception("A delivery failed unexpectedly", extra={"job_id": taken.job_id})

    def _done(self, task: asyncio.Task[None]) -> None:
        for tasks in self._running.values():
            tasks.pop(task, None)
        self._ended.set()
