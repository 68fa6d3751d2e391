"""A short seeded run of what `python -m tests.chaos` does at length."""

from pathlib import Path

from deploy.local.forks import ForkServer
from tests.chaos.run import Plan, run


async def test_no_job_is_lost_and_no_image_paid_twice(tmp_path: Path, forks: ForkServer) -> None:
    told: list[str] = []
    outcome = await run(Plan(seconds=15, seed=7, lease_seconds=3), tmp_path, told.append, forks)
    assert not outcome.broken_promises(), "\n".join([*told, outcome.text()])
