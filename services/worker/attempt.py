"""One attempt at one job: claim it, run its steps, settle the outcome."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from redis.exceptions import RedisError

from services.common import context
from services.common.backoff import Backoff
from services.common.errors import AppError, Busy, InternalError
from services.common.spans import Told
from services.jobs.claim import Claim, LeaseLost
from services.jobs.cut_off import LOOKED_FOR_SECONDS
from services.jobs.moves import Moves
from services.jobs.reports import Reports
from services.jobs.steady import steadily
from services.jobs.values import Failure
from services.worker.observing import Observing
from services.worker.pipeline import checkpoint
from services.worker.pipeline.ports import Spending
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.run import Ports, Run
from services.worker.pipeline.steps import run_steps
from services.worker.reporter import LeasedReporter

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LONGEST_PAUSE_SECONDS = 600.0
_LONGEST_REFUSED_SECONDS = 30.0
"""Room can come back at any time, and the bought image waits for it."""

_LOOK_SECONDS = 0.1
_NOT_OURS = "The job was cancelled or taken over"


class Attempts:
    """Runs attempts; `tokens` are the leases that the worker holds now, by job."""

    def __init__(
        self,
        moves: Moves,
        reports: Reports,
        ports: Ports,
        spending: Spending,
        *,
        observing: Observing,
        most: int,
        most_refusals: int = 100,
        backoff_seconds: float,
    ) -> None:
        self._moves = moves
        self._reports = reports
        self._ports = ports
        self._spending = spending
        self._observing = observing
        self._most = most
        self._most_refusals = most_refusals
        self._backoff_seconds = backoff_seconds
        self.tokens: dict[str, str] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    async def run(self, job_id: str, worker: str, stopping: Callable[[], bool]) -> None:
        """Run one attempt to its end; never raises but for cancellation.

        When cancelled while `stopping()`, the job is handed back; otherwise it was cancelled or
        taken over, and is no longer ours to settle.
        """
        token, rescue = secrets.token_hex(8), Rescue()
        context.job_id.set(job_id)
        claiming = asyncio.ensure_future(
            _in_thread(lambda: self._moves.claim(job_id, worker, token))
        )
        try:
            if claim := await asyncio.shield(claiming):
                context.request_id.set(claim.request_id)
                self.tokens[job_id] = token
                with self._observing.attempt(claim) as told:
                    await self._work(claim, rescue, told)
        except LeaseLost:
            self._leave(job_id, token, rescue)
        except asyncio.CancelledError:
            if stopping():
                await asyncio.wait([claiming])  # a thread cannot be stopped half-way
                await rescue.end()
                await self._hand_back(job_id, token)
            else:
                self._leave(job_id, token, rescue)
            claiming.cancel()
            raise
        finally:
            if self.tokens.get(job_id) == token:
                del self.tokens[job_id]

    async def all_left(self) -> None:
        """Wait for what stopped attempts have bought; some seconds at most."""
        if self._leaving:
            await asyncio.wait(self._leaving)

    def _leave(self, job_id: str, token: str, rescue: Rescue) -> None:
        """Free the slot at once; what is paid for is stored behind it."""
        logger.warning(_NOT_OURS)
        leaving = asyncio.create_task(self._left(job_id, token, rescue))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _left(self, job_id: str, token: str, rescue: Rescue) -> None:
        await rescue.end()
        with contextlib.suppress(RedisError):  # it stops waiting for us after a while
            await asyncio.to_thread(self._moves.left, job_id, token)

    async def _hand_back(self, job_id: str, token: str) -> None:
        logger.info("Handing the job back")
        # A job whose end was just stored has no lease; one that Redis cannot hear of keeps it
        # until it runs out.
        with contextlib.suppress(LeaseLost, RedisError):
            await asyncio.to_thread(self._moves.hand_back, job_id, token)

    async def _work(self, claim: Claim, rescue: Rescue, told: Told) -> None:
        if claim.cut_off:
            await self._until_alone(claim.job_id)
        run = Run(
            job_id=claim.job_id,
            spec=claim.spec,
            checkpoint=checkpoint.from_json(claim.checkpoint),
            ports=self._ports,
            spending=self._spending,
            rescue=rescue,
            reporter=LeasedReporter(self._reports, claim.job_id, claim.token),
            around_step=self._observing.step,
        )
        try:
            result = await run_steps(run)
        except AppError as error:
            told(error.code, failed=True)
            await self._settle(claim, error)
        except LeaseLost:
            raise
        except Exception:
            logger.exception("The attempt failed unexpectedly")
            told(InternalError.code, failed=True)
            await self._settle(claim, InternalError("Something went wrong on our side."))
        else:
            await _in_thread(lambda: self._moves.complete(claim.job_id, claim.token, result))
            logger.info("Job completed")

    async def _until_alone(self, job_id: str) -> None:
        """Let a cancelled attempt store what it has bought, so that this one finds it."""
        for _ in range(round(LOOKED_FOR_SECONDS / _LOOK_SECONDS)):
            if not await _in_thread(lambda: self._moves.others_leave(job_id)):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _settle(self, claim: Claim, error: AppError) -> None:
        """Fail the job for good, or delay it for another attempt."""
        failure = Failure(code=error.code, message=error.message, retryable=error.retryable)
        # A service that had no room has not even begun: that is no attempt of the job.
        refused = isinstance(error, Busy)
        number = claim.refusals + 1 if refused else claim.attempt
        most = self._most_refusals if refused else self._most
        if not error.retryable or number >= most:
            logger.warning("Job failed: %s", error.message, extra={"code": error.code})
            await _in_thread(lambda: self._moves.fail(claim.job_id, claim.token, failure))
            return
        longest = _LONGEST_REFUSED_SECONDS if refused else _LONGEST_PAUSE_SECONDS
        backoff = Backoff(first_seconds=self._backoff_seconds, longest_seconds=longest)
        pause = backoff.pause_seconds(number, error.retry_after_seconds or 0.0)
        logger.warning(
            "Attempt %d failed, next one in %.1f s: %s", claim.attempt, pause, error.message
        )
        wait = timedelta(seconds=pause)
        await _in_thread(
            lambda: self._moves.delay(claim.job_id, claim.token, failure, wait, refused=refused)
        )


async def _in_thread(move: Callable[[], T]) -> T:
    return await steadily(lambda: asyncio.to_thread(move))
