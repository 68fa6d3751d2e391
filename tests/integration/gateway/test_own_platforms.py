"""Platforms of an operator's own, from the file to the job that waits for a worker."""

import json
from pathlib import Path

import pytest
from snapasset.gateway.v1 import jobs_pb2, site_pb2

from services.common.platforms import PLATFORMS
from services.common.refusal import CannotStart
from tests.servers.gateway import bearer, connected, running_gateway

ROW = {"id": "blog-banner", "name": "Blog Banner", "width": 1600, "height": 400}


async def test_they_are_listed_and_may_be_asked_for(redis_url: str, tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps([{**ROW, "formats": ["png"], "covered": [[0, 0.5, 1, 1]]}]))
    async with (
        running_gateway(redis_url, platforms_file=file) as address,
        connected(address, bearer("alice")) as alice,
    ):
        listing = await alice.call(alice.site.ListPlatforms, site_pb2.ListPlatformsRequest())
        wanted = jobs_pb2.CreateJobRequest(
            user_id="alice",
            prompt="A lighthouse in a storm",
            platforms=["blog-banner"],
            options=jobs_pb2.JobOptions(format="png"),
        )
        made = await alice.call(alice.jobs.CreateJob, wanted)
        wanted.options.format = "webp"
        refused = await alice.call(alice.jobs.CreateJob, wanted)
    listed = listing.message.platforms
    assert [one.id for one in listed] == [*PLATFORMS, "blog-banner"]
    assert (listed[-1].width, listed[-1].formats, listed[-1].covered[0].top) == (1600, ["png"], 0.5)
    assert not made.failure
    assert refused.code == "INVALID_REQUEST"


async def test_a_wrong_file_stops_the_start_with_every_mistake(
    redis_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps([{**ROW, "width": 0}, {**ROW, "formats": ["gif"]}]))
    with pytest.raises(CannotStart, match=r"row 1 width .*; row 2 formats .*; there are two rows"):
        async with running_gateway(redis_url, platforms_file=file):
            pass
