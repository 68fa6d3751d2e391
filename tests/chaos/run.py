"""One run: start, load and harm together, settle, count."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from deploy.local.forks import ForkServer
from tests.chaos.load import ENDED, Load
from tests.chaos.mischief import Mischief
from tests.chaos.parts import running_parts, until_all_well
from tests.chaos.receiver import receiving
from tests.chaos.table import LOST_CODES, Outcome, causes
from tests.chaos.truth import (
    MasterWatch,
    endless_keys,
    missing_renditions,
    purchases,
    records,
    spent,
    statuses,
    surplus_objects,
)
from tests.eventually import eventually

SWITCHES = (
    "delay=0.5 retry_after=1 probability=0.2 "
    "fail=rate_limit|server_error|overloaded|broken|half|empty|rubbish|silent|moderated|"
    "paid_error|paid_page|paid_silence"
)
_READY_SECONDS = 120.0
UNCERTAIN_PURCHASES = 1
_CLOCKS_APART_SECONDS = 0.5
_TOLD_SECONDS = 120.0
"""Longer than the lease of a delivery whose worker has died, and a few tries after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How long, by which seed, and how hard."""

    seconds: float
    seed: int
    jobs_per_second: float = 1.0
    lease_seconds: float = 5.0
    pause_seconds: float = 2.0
    """The mean pause between two harms."""
    s3: bool = False
    """Storage keeps its objects on an S3 server, which is harmed too, in place of a folder."""
    sentinel: bool = False
    """Redis is a primary with two replicas, and three Sentinels; all six are harmed."""


async def run(
    plan: Plan, folder: Path, say: Callable[[str], None], forks: ForkServer | None = None
) -> Outcome:
    """Run the system under load and harm, let it settle, and count what came of it."""
    settings = {
        "STANDIN_SWITCHES": f"{SWITCHES} care=low seed={plan.seed}",
        "GENERATOR_TIMEOUT_SECONDS": "20",
        "GENERATOR_PIXEL_BUDGET": str(1024 * 1024),
        "WORKER_LEASE_SECONDS": str(plan.lease_seconds),
        "WORKER_SLOTS": "8",
        "WORKER_GRACE_SECONDS": "2",
        "GRACE_SECONDS": "2",
        "JOB_ATTEMPTS": "6",
        "UNCERTAIN_PURCHASES": str(UNCERTAIN_PURCHASES),
        "RETRY_BACKOFF_SECONDS": "0.5",
        "RATE_LIMIT_REQUESTS": "1000000/minute",
        "RATE_LIMIT_JOBS": "1000000/minute",
        "RATE_LIMIT_RENDITIONS": "1000000/minute",
        "JOBS_IN_FLIGHT_PER_OWNER": "100000",
    }
    with running_parts(folder, settings, s3=plan.s3, sentinel=plan.sentinel, forks=forks) as parts:
        load = Load(parts, Random(f"load {plan.seed}"))  # noqa: S311 - repeatable, not secret
        mischief = Mischief(
            parts,
            Random(f"harm {plan.seed}"),  # noqa: S311
            plan.pause_seconds,
            say,
        )
        masters = MasterWatch(parts, load)
        background = [asyncio.create_task(work) for work in (masters.run(), mischief.supervise())]
        await until_all_well(parts, _READY_SECONDS)
        async with receiving(load) as receiver:
            until = time.monotonic() + plan.seconds
            await asyncio.gather(load.run(until, plan.jobs_per_second), mischief.run(until))
            say("the harm is over; settling")
            await until_all_well(parts, _READY_SECONDS)
            answers = await statuses(load)
            await _streams_end(load)
            with contextlib.suppress(AssertionError):  # the table says how many are missing
                await eventually(lambda: not receiver.untold(answers), _TOLD_SECONDS)
            with contextlib.suppress(AssertionError):  # a job that nobody was told of may still run
                await eventually(lambda: not endless_keys(parts), _TOLD_SECONDS)
        found = await records(load, parts.gateways[0])
        missing = await missing_renditions(load, parts.gateways[0], answers)
        bought = purchases(parts.ledger_url)
        books = await spent(parts)
        await load.close()
        for task in background:
            task.cancel()

        done = [job for job in load.jobs if _status(answers, job.job_id) == "completed"]
        failed = causes(answers)
        ended = [a for a in answers.values() if a.status in ENDED]
        nameless = [a for a in ended if a.status == "failed" and a.error.code in ("", *LOST_CODES)]
        again, sent = 0, 0.0
        for job in done:
            stored_at = masters.seen.get(job.job_id, float("inf")) + _CLOCKS_APART_SECONDS
            calls = bought.get(job.prompt, [])
            again += sum(call["time"] > stored_at for call in calls)
            sent += sum(call["image_sent"] for call in calls) / job.masters
        charged = {
            prompt: sum(call["image_made"] for call in calls) for prompt, calls in bought.items()
        }
        allowed = {job.prompt: job.masters * (1 + UNCERTAIN_PURCHASES) for job in load.jobs}
        cuts = {job.job_id: [cut for cut in load.cuts if cut.cuts == job.job_id] for job in done}
        surplus = sum(surplus_objects(parts, job, cuts[job.job_id]) for job in done)
        everything = [*load.jobs, *load.cuts]
        return Outcome(
            accepted=len(load.jobs),
            completed=len(done),
            cancelled=sum(a.status == "cancelled" for a in ended),
            failed=failed,
            lost=len(everything) - len(ended) + len(nameless),
            false_streams=sum(job.told != _status(answers, job.job_id) for job in everything),
            cut_again=sum(_status(answers, cut.job_id) == "completed" for cut in load.cuts),
            missing_renditions=missing,
            webhook_messages=receiver.messages,
            untold_ends=receiver.untold(answers),
            untrue_messages=receiver.untrue(answers),
            never_accepted=load.refused,
            heard=load.heard,
            dishonest=load.dishonest,
            bought_per_completed=1 + again / max(1, len(done)),
            paid_per_completed=sent / max(1, len(done)),
            charged=sum(charged.values()),
            beyond_allowance=sum(
                max(0, made - allowed.get(prompt, 1 + UNCERTAIN_PURCHASES))
                for prompt, made in charged.items()
            ),
            in_usage=sum(one.images for one in books),
            uncertain=sum(one.uncertain for one in books),
            duplicates=surplus
            + sum(count - 1 for count in found.values())
            + sum(found[job.job_id] == 0 for job in done),
            endless_keys=len(endless_keys(parts)),
            longest_recovery_seconds=max(mischief.recoveries, default=0.0),
            harm=mischief.done,
        )


def _status(answers: dict[str, object], job_id: str) -> str:
    return str(getattr(answers.get(job_id), "status", "unknown"))


async def _streams_end(load: Load) -> None:
    """Give the streams of ended jobs a moment to say so."""
    with contextlib.suppress(AssertionError):
        await eventually(lambda: all(one.told for one in (*load.jobs, *load.cuts)))
