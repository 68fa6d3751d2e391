"""What lies in the spool reaches storage by itself, and only where a job can use it."""

from pathlib import Path
from typing import Any, cast

import pytest

from services.common.errors import JobNotFound, Unavailable
from services.jobs.values import Failure, JobSpec, PartFailure, Result, Status
from services.worker.forwarding import Forwarding
from services.worker.spool.spool import DiskSpool
from tests.unit.worker.pipeline.world import World
from tests.unit.worker.spool.test_spool import chunks, opened, parcel

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post",))


class Jobs:
    """A reader that knows one job, or none."""

    def __init__(self, status: Status | None, result: Result | None = None) -> None:
        self.status = status
        self.result = result

    async def get(self, job_id: str) -> Any:
        if self.status is None:
            raise JobNotFound("There is no such job.")
        return self


async def forward(spool: DiskSpool, store: World, status: Status | None) -> None:
    (await spool.hold(parcel(), chunks())).close()
    await Forwarding(spool, store, cast(Any, Jobs(status)), after_seconds=0).forward()


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.DELAYED, Status.FAILED])
async def test_an_image_that_was_left_behind_is_stored_with_its_note(
    tmp_path: Path, status: Status
) -> None:
    spool, store = opened(tmp_path), World(SPEC)
    await forward(spool, store, status)
    assert sorted(store.objects) == ["ada/1/master-1-1", "ada/1/purchase-1.json"]
    assert list(spool.left_behind(0)) == []


@pytest.mark.parametrize("status", [Status.COMPLETED, None])
async def test_what_no_job_can_use_is_dropped(tmp_path: Path, status: Status | None) -> None:
    spool, store = opened(tmp_path), World(SPEC)
    await forward(spool, store, status)
    assert store.objects == {}
    assert list(spool.left_behind(0)) == []


async def test_what_a_job_completed_without_waits_for_its_retry(tmp_path: Path) -> None:
    spool, store = opened(tmp_path), World(SPEC)
    (await spool.hold(parcel(), chunks())).close()
    part = PartFailure(master=2, failure=Failure(code="X", message="No.", retryable=False))
    result = Result(generation_id="1", purchases=(), images=(), failures=(part,))
    jobs = cast(Any, Jobs(Status.COMPLETED, result))
    await Forwarding(spool, store, jobs, after_seconds=0).forward()
    assert "ada/1/purchase-1.json" in store.objects


async def test_what_a_cancelled_job_has_bought_waits_for_its_retry(tmp_path: Path) -> None:
    spool, store = opened(tmp_path), World(SPEC)
    await forward(spool, store, Status.CANCELLED)
    assert store.objects == {}
    await Forwarding(spool, store, cast(Any, Jobs(Status.ACTIVE)), after_seconds=0).forward()
    assert "ada/1/purchase-1.json" in store.objects


async def test_what_storage_has_is_not_replaced(tmp_path: Path) -> None:
    kept = {
        "ada/1/purchase-1.json": b'{"master": {"key": "ada/1/master-1-other"}}',
        "ada/1/master-1-other": b"another image",
    }
    spool, store = opened(tmp_path), World(SPEC, objects=dict(kept))
    await forward(spool, store, Status.ACTIVE)
    assert store.objects == kept


async def test_what_storage_does_not_take_stays(tmp_path: Path) -> None:
    class Away(World):
        async def put(self, *told: Any) -> None:
            raise Unavailable("It does not answer.")

    spool = opened(tmp_path)
    await forward(spool, Away(SPEC), Status.ACTIVE)
    [held] = spool.left_behind(0)
    held.close()


async def test_a_parcel_that_an_attempt_has_just_put_down_is_left_to_it(tmp_path: Path) -> None:
    spool, store = opened(tmp_path), World(SPEC)
    (await spool.hold(parcel(), chunks())).close()
    await Forwarding(spool, store, cast(Any, Jobs(Status.ACTIVE))).forward()
    assert store.objects == {}
