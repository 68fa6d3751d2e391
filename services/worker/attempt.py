"""One attempt at a job: claims it, runs its steps and settles the outcome."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from redis.exceptions import RedisError

from services.common import context
from services.common.errors import AppError, InternalError
from services.common.spans import Told
from services.jobs.claim import Claim, LeaseLost
from services.jobs.claims import Claims
from services.jobs.cut_off import LOOKED_FOR_SECONDS
from services.jobs.reports import Reports
from services.jobs.steady import steadily
from services.worker.aftermath import Aftermath
from services.worker.observing import Observing
from services.worker.pipeline.allowance import Ledger
from services.worker.pipeline.partial import partial_result
from services.worker.pipeline.ports import Spending, Spool
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import steps_of
from services.worker.pipeline.work import Ports, Work
from services.worker.reporter import LeasedReporter
from services.worker.settling import RetryPolicy, settle

logger = logging.getLogger(__name__)

T = TypeVar("T")

_LOOK_SECONDS = 0.1


class Attempts:
    """Makes attempts; `tokens` are the leases that the worker holds at present, by job.

    `spending` returns the books, writable under the lease of the given token.
    """

    def __init__(
        self,
        claims: Claims,
        reports: Reports,
        ports: Ports,
        *,
        spool: Spool,
        spending: Callable[[str], Spending],
        observing: Observing,
        policy: RetryPolicy,
    ) -> None:
        self._claims = claims
        self._reports = reports
        self._ports = ports
        self._spool = spool
        self._spending = spending
        self._observing = observing
        self._policy = policy
        self._aftermath = Aftermath(claims)
        self.tokens: dict[str, str] = {}

    async def make(self, job_id: str, worker: str, stopping: Callable[[], bool]) -> None:
        """Make one attempt; raises nothing except on cancellation.

        If cancelled while `stopping()`, it hands the job back; otherwise the job was cancelled or
        taken over, and is no longer ours to settle.
        """
        token, rescue = secrets.token_hex(8), Rescue()
        context.job_id.set(job_id)
        claiming = asyncio.ensure_future(
            _in_thread(lambda: self._claims.claim(job_id, worker, token))
        )
        try:
            if claim := await asyncio.shield(claiming):
                context.request_id.set(claim.request_id)
                self.tokens[job_id] = token
                with self._observing.attempt(claim) as told:
                    await self._work(claim, rescue, told)
        except LeaseLost:
            self._abandon(job_id, token, rescue)
        except asyncio.CancelledError:
            if stopping():
                await asyncio.wait([claiming])  # a thread cannot be interrupted
                await rescue.end()
                await self._hand_back(job_id, token)
            else:
                self._abandon(job_id, token, rescue)
            claiming.cancel()
            raise
        finally:
            if self.tokens.get(job_id) == token:
                del self.tokens[job_id]

    async def over(self) -> None:
        """Return when stopped attempts have stored what they bought, after some seconds at most."""
        await self._aftermath.over()

    def _abandon(self, job_id: str, token: str, rescue: Rescue) -> None:
        """Free the slot at once; what is paid for is stored afterwards."""
        logger.warning("The job was cancelled or taken over")
        self._aftermath.begin(job_id, token, rescue)

    async def _hand_back(self, job_id: str, token: str) -> None:
        logger.info("Handing the job back")
        # A job whose end was just stored has no lease; one that Redis cannot hear of keeps it
        # until it runs out.
        with contextlib.suppress(LeaseLost, RedisError):
            await asyncio.to_thread(self._claims.hand_back, job_id, token)

    async def _work(self, claim: Claim, rescue: Rescue, told: Told) -> None:
        if claim.cut_off:
            await self._until_alone(claim.job_id)
        work = Work(
            job_id=claim.job_id,
            spec=claim.spec,
            key=claim.key,
            checkpoint=claim.checkpoint,
            ports=self._ports,
            spending=self._spending(claim.token),
            spool=self._spool,
            ledger=Ledger(
                entries=list(claim.purchases),
                repeats=self._policy.uncertain_purchases,
                searches=claim.refusals,
                buy_again=claim.buy_again,
                bought_again=claim.checkpoint.bought_again,
            ),
            rescue=rescue,
        )
        with closing(work.at_hand):
            await self._do(claim, work, told)

    async def _do(self, claim: Claim, work: Work, told: Told) -> None:
        """Run the steps and settle what comes of them."""
        reporter = LeasedReporter(self._reports, claim.job_id, claim.token)
        try:
            async with reporter:
                result = await run_steps(steps_of(work.spec), work, reporter, self._observing.step)
        except AppError as error:
            told(error.code, failed=True)
            await self._settle(claim, work, error)
        except LeaseLost:
            raise
        except Exception:
            logger.exception("The attempt failed unexpectedly")
            told(InternalError.code, failed=True)
            await self._settle(claim, work, InternalError("Something went wrong on our side."))
        else:
            await _in_thread(lambda: self._claims.complete(claim.job_id, claim.token, result))
            logger.info("Job completed")

    async def _until_alone(self, job_id: str) -> None:
        """Let a cancelled attempt store what it has bought, so that this one finds it."""
        for _ in range(round(LOOKED_FOR_SECONDS / _LOOK_SECONDS)):
            if not await _in_thread(lambda: self._claims.others_at_work(job_id)):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def _settle(self, claim: Claim, work: Work, error: AppError) -> None:
        """Delay the job; if it is not tried again, deliver what it has made, or fail it."""
        if self._policy.pause(claim, error) is None and (
            result := await partial_result(work, error)
        ):
            await _in_thread(lambda: self._claims.complete(claim.job_id, claim.token, result))
            logger.warning("Job completed in part: %s", error.message, extra={"code": error.code})
            return
        await _in_thread(lambda: settle(self._claims, self._policy, claim, error))


async def _in_thread(move: Callable[[], T]) -> T:
    return await steadily(lambda: asyncio.to_thread(move))
