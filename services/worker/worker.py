"""The worker: fills its slots from the line, keeps its leases, sweeps, and stops cleanly."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError
from rq.suspension import is_suspended

from services.common.ending import end
from services.common.errors import JobNotFound
from services.jobs.claims import Claims
from services.jobs.line import Taken
from services.jobs.presence import PRESENCE_SECONDS, Presence
from services.jobs.recovery import Recovery
from services.jobs.reports import Reports
from services.worker.attempt import Attempts
from services.worker.cancellations import Cancellations
from services.worker.endless import forever
from services.worker.forwarding import FORWARD_SECONDS, Forwarding
from services.worker.upload_expiry import PAUSE_SECONDS, UploadExpiry
from services.worker.webhooks.sender import Sender

logger = logging.getLogger(__name__)

_TAKE_SECONDS = 1.0
_SWEEP_SECONDS = 1.0
_PAUSE_SECONDS = 1.0
_HAND_BACK_SECONDS = 5.0


class Worker:
    """Works on up to `slots` jobs at once."""

    def __init__(
        self,
        *,
        redis: Redis,
        async_redis: AsyncRedis,
        claims: Claims,
        reports: Reports,
        recovery: Recovery,
        attempts: Attempts,
        presence: Presence,
        forwarding: Forwarding,
        sender: Sender,
        expiry: UploadExpiry,
        slots: int,
        batch_slots: int,
        beat_seconds: float,
        grace_seconds: float,
    ) -> None:
        self._redis = redis
        self._claims = claims
        self._reports = reports
        self._recovery = recovery
        self._attempts = attempts
        self._presence = presence
        self._forwarding = forwarding
        self._sender = sender
        self._expiry = expiry
        self._cancellations = Cancellations(async_redis, self._stop_attempt)
        self._free = asyncio.Semaphore(slots)
        self._batch_slots = batch_slots
        self._of_batches: set[str] = set()
        self._beat_seconds = beat_seconds
        self._grace_seconds = grace_seconds
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    async def work(self, stop: Awaitable[None]) -> None:
        """Work until `stop`, then let jobs end within the grace and hand the others back."""
        loops = [
            asyncio.create_task(forever(self._beat, self._beat_seconds)),
            asyncio.create_task(forever(self._show, PRESENCE_SECONDS)),
            asyncio.create_task(forever(self._sweep, _SWEEP_SECONDS)),
            asyncio.create_task(forever(self._hear, _PAUSE_SECONDS)),
            asyncio.create_task(forever(self._forwarding.forward, FORWARD_SECONDS)),
            asyncio.create_task(forever(self._sender.send, 0.0)),
            asyncio.create_task(forever(self._expiry.sweep, PAUSE_SECONDS)),
        ]
        dispatch = asyncio.create_task(forever(self._dispatch, 0.0))
        await stop
        self._stopping = True
        dispatch.cancel()
        await asyncio.wait([dispatch])
        await self._wind_up()
        await self._attempts.over()
        await end(loops)
        await self._sender.over()
        with contextlib.suppress(RedisError):
            await asyncio.to_thread(self._presence.end)

    async def _dispatch(self) -> None:
        """Take one job and start it, or find that there is none."""
        await self._free.acquire()
        taking = asyncio.ensure_future(asyncio.to_thread(self._next))
        try:
            taken = await asyncio.shield(taking)
        except BaseException:
            self._free.release()
            await self._return(taking)
            raise
        if taken is None:
            self._free.release()
            return
        job_id = taken.job_id
        if taken.gave_way:
            self._of_batches.add(job_id)
        self._stop(job_id)  # one of our own attempts, which has lost its lease
        task = asyncio.create_task(
            self._attempts.make(job_id, self._presence.name, lambda: self._stopping)
        )
        self._tasks[job_id] = task
        task.add_done_callback(lambda done: self._ended(job_id, done))

    async def _return(self, taking: "asyncio.Future[Taken | None]") -> None:
        """Put back a job that a stopped `_dispatch` still gets; if that fails, recovery will."""
        with contextlib.suppress(RedisError, JobNotFound):
            if (taken := await taking) is not None:
                await asyncio.to_thread(self._claims.put_back, taken.job_id)

    def _next(self) -> Taken | None:
        # The rest of the slots stay free for urgent jobs, which never wait for a batch to end.
        urgent_only = len(self._of_batches) >= self._batch_slots
        taken = self._claims.take(_TAKE_SECONDS, urgent_only=urgent_only)
        if taken is None and is_suspended(self._redis):
            time.sleep(_PAUSE_SECONDS)
        return taken

    def _ended(self, job_id: str, task: "asyncio.Task[None]") -> None:
        self._free.release()
        if self._tasks.get(job_id) is task:
            del self._tasks[job_id]
            self._of_batches.discard(job_id)
        if not task.cancelled() and (error := task.exception()):
            logger.error("An attempt failed unexpectedly", exc_info=error, extra={"job_id": job_id})

    async def _beat(self) -> None:
        """Renew the leases; stop working on jobs whose lease somebody else holds."""
        tokens = dict(self._attempts.tokens)
        for job_id in await self._reports.renew(tokens):
            self._stop_attempt(job_id, tokens[job_id])

    async def _show(self) -> None:
        """Stay in the list of workers, which /health reads."""
        await asyncio.to_thread(self._presence.beat)

    async def _sweep(self) -> None:
        await asyncio.to_thread(self._recovery.sweep, _SWEEP_SECONDS * 0.9)

    async def _hear(self) -> None:
        """Hear of cancelled jobs; a heartbeat finds those that were cancelled earlier."""
        await self._cancellations.listen(self._beat)

    def _stop_attempt(self, job_id: str, token: str) -> None:
        """Stop an attempt, but no later one at the same job, which may have been retried since.

        An attempt that does not hold its lease yet learns from its first report that it has none.
        """
        if self._attempts.tokens.get(job_id) == token:
            self._stop(job_id)

    def _stop(self, job_id: str) -> None:
        if task := self._tasks.get(job_id):
            task.cancel()

    async def _wind_up(self) -> None:
        tasks = list(self._tasks.values())
        if not tasks:
            return
        logger.info("Finishing %d jobs", len(tasks))
        await asyncio.wait(tasks, timeout=self._grace_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=_HAND_BACK_SECONDS)
