"""A campaign goes on while there is room for its jobs, and buys nothing twice."""

import asyncio
import io
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from snapasset.gateway.v1 import batches_pb2 as bat
from snapasset.gateway.v1 import generations_pb2 as gen
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.site_pb2 import Platform

from clients.python.snapasset_client.cli.batch import batch
from clients.python.snapasset_client.cli.results import read_results
from clients.python.snapasset_client.cli.screen import Screen

FULL = bat.BatchError(
    code="JOB_LIMIT_EXCEEDED", message="You have 2 unfinished jobs.", retry_after=9
)


@dataclass(kw_only=True, slots=True)
class Service:
    """Has room for so many jobs at once, which have ended when somebody watches."""

    room: int
    hangs: bool = False
    sent: list[list[str]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def platforms(self) -> Sequence[Platform]:
        return [Platform(id="x-post")]

    async def create_batch(
        self, orders: Sequence[pb.CreateJobRequest], *, idempotency_key: str
    ) -> bat.CreateBatchResponse:
        number = len(self.sent)
        accepted = [order.prompt for order in orders[: self.room]]
        self.sent.append(accepted)
        self.keys.append(idempotency_key)
        entries = [
            bat.BatchEntry(index=place, job_id=f"gen-{number}-{place}")
            if place < len(accepted)
            else bat.BatchEntry(index=place, error=FULL)
            for place in range(len(orders))
        ]
        return bat.CreateBatchResponse(batch_id=f"batch-{number}", jobs=entries)

    async def watch_batch(self, batch_id: str) -> AsyncIterator[bat.WatchBatchResponse]:
        jobs = len(self.sent[int(batch_id[-1])])
        if self.hangs:
            raise asyncio.CancelledError  # as Ctrl-C does
        counts = bat.BatchCounts(completed=jobs)
        state = bat.BatchState(total=jobs, progress=100, counts=counts, ended=True)
        yield bat.WatchBatchResponse(type="done", state=state)

    async def get_batch(self, batch_id: str) -> bat.GetBatchResponse:
        number = int(batch_id[-1])
        ids = [f"gen-{number}-{place}" for place in range(len(self.sent[number]))]
        jobs = [pb.JobSummary(job_id=one, status="completed") for one in ids]
        return bat.GetBatchResponse(jobs=jobs)

    async def generations(self, *, user_id: str) -> AsyncIterator[gen.Generation]:
        for number, accepted in enumerate(self.sent):
            for place in range(len(accepted)):
                image = pb.JobImage(platform_id="x-post", width=1, height=1, url="http://x/1.jpg")
                yield gen.Generation(job_id=f"gen-{number}-{place}", images=[image])


async def run(
    tmp_path: Path, service: Service, rows: int, shown: io.StringIO | None = None
) -> tuple[int, str]:
    """Run a campaign of so many rows; return the exit code and what was shown."""
    file, shown = tmp_path / "campaign.csv", shown or io.StringIO()
    lines = [f"A mill by a river, number {n},x-post".replace(", n", " n") for n in range(rows)]
    file.write_text("\n".join(["prompt,platforms", *lines]))
    asked = Namespace(file=file, results=None, user="ada", api_key="", urgency="normal")
    code = await batch(cast(Any, service), asked, Screen(shown, live=False))
    return code, shown.getvalue()


async def test_rows_without_room_are_sent_once_others_have_ended(tmp_path: Path) -> None:
    service = Service(room=2)
    code, shown = await run(tmp_path, service, 5)
    assert [len(accepted) for accepted in service.sent] == [2, 2, 1]
    assert len({prompt for accepted in service.sent for prompt in accepted}) == 5
    assert len(set(service.keys)) == 3
    assert (code, "4 of 5 jobs ended" in shown) == (0, True)
    assert shown.endswith(f"5 of 5 rows completed; results in {tmp_path}/campaign.results.csv\n")


async def test_a_campaign_for_which_there_is_no_room_at_all_says_so_and_ends(
    tmp_path: Path,
) -> None:
    service = Service(room=0)
    code, shown = await run(tmp_path, service, 2)
    assert (code, len(service.sent)) == (3, 1)
    assert "line 2: refused: JOB_LIMIT_EXCEEDED: You have 2 unfinished jobs." in shown
    service.room = 2
    code, shown = await run(tmp_path, service, 2)
    assert (code, service.keys[0]) == (0, service.keys[1])
    assert all(one.settled for one in read_results(tmp_path / "campaign.results.csv").values())


async def test_a_campaign_that_is_stopped_says_how_to_go_on_and_knows_its_jobs(
    tmp_path: Path,
) -> None:
    service, shown = Service(room=9, hangs=True), io.StringIO()
    with pytest.raises(asyncio.CancelledError):
        await run(tmp_path, service, 2, shown)
    assert "The jobs go on. Run the same command again" in shown.getvalue()
    known = read_results(tmp_path / "campaign.results.csv").values()
    assert [one.job_id for one in known] == ["gen-0-0", "gen-0-1"]
    service.hangs = False
    assert (await run(tmp_path, service, 2))[0] == 0
    assert len(service.sent) == 1
