"""Faults of the provider: which are tried again, when, and at what price."""

from datetime import UTC, datetime, timedelta

from services.jobs.values import Status
from tests.integration.worker.floor import Floor


async def test_retry_after_is_honoured_and_shown(floor: Floor) -> None:
    floor.workers.start()
    job_id = floor.create("fail=rate_limit retry_after=2 times=1")
    delayed = await floor.until(job_id, Status.DELAYED)
    assert delayed.failure
    assert (delayed.failure.code, delayed.attempts) == ("PROVIDER_RATE_LIMITED", 1)
    assert delayed.next_run_at
    assert delayed.next_run_at - datetime.now(UTC) > timedelta(seconds=1)
    job = await floor.completed(job_id)
    first, second = floor.ledger.report()["calls"]
    assert second["time"] - (first["time"] + first["seconds"]) >= 2
    assert (job.attempts, job.next_run_at, job.failure) == (2, None, None)


async def test_a_fault_that_heals_costs_an_attempt(floor: Floor) -> None:
    floor.workers.start()
    faults = ("overloaded", "broken", "half")
    jobs = [floor.create(f"fail={fault} retry_after=0.1 times=1") for fault in faults]
    for job_id in jobs:
        assert (await floor.completed(job_id)).attempts == 2
    assert (floor.bought, floor.calls()) == (3, 6)


async def test_a_fault_that_does_not_heal_ends_after_the_attempts(floor: Floor) -> None:
    floor.workers.start(JOB_ATTEMPTS="2", UNCERTAIN_PURCHASES="2")
    job_id = floor.create("fail=server_error")
    job = await floor.until(job_id, Status.FAILED)
    assert job.failure
    assert (job.failure.code, job.failure.retryable) == ("PROVIDER_UNAVAILABLE", True)
    assert (job.attempts, floor.calls()) == (2, 2)


async def test_terminal_faults_fail_at_once_and_a_retry_buys_what_is_missing(
    floor: Floor,
) -> None:
    floor.workers.start()
    codes = {
        "moderated": "MODERATION_BLOCKED",
        "bad_key": "PROVIDER_KEY_REJECTED",
        "quota": "PROVIDER_QUOTA_EXCEEDED",
    }
    jobs = {floor.create(f"fail={fault} times=1"): code for fault, code in codes.items()}
    for job_id, code in jobs.items():
        job = await floor.until(job_id, Status.FAILED)
        assert job.failure
        assert (job.failure.code, job.failure.retryable, job.attempts) == (code, False, 1)
        floor.retry(job_id)
        await floor.completed(job_id)
    assert (floor.bought, floor.calls()) == (3, 6)


async def test_a_silent_provider_runs_into_the_deadline_and_the_worker_goes_on(
    floor: Floor,
) -> None:
    worker = floor.workers.start(GENERATE_TIMEOUT_SECONDS="5")
    stuck = floor.create("fail=silent times=1")
    await floor.completed(stuck)
    assert not worker.ended
    assert floor.calls("client_left") == 1
