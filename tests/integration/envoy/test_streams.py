"""Server-sent events arrive as they happen and end when the client leaves."""

import asyncio
import json

import pytest

from tests.integration.envoy.conftest import Front

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_each_event_is_one_data_line_and_a_blank_one(front: Front) -> None:
    answer = await front.http.get("/api/sse/jobs/gen-1")
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-accel-buffering"] == "no"
    first, second, rest = answer.text.split("\n\n")
    assert rest == ""
    events = [json.loads(line.removeprefix("data: ")) for line in (first, second)]
    assert [event["type"] for event in events] == ["connected", "done"]
    assert events[0] == {
        "type": "connected",
        "jobId": "gen-1",
        "status": "",
        "progress": 0,
        "message": "",
        "sequence": 0,
        "images": [],
    }


async def test_events_come_while_the_stream_is_open_and_leaving_ends_it(front: Front) -> None:
    # The route of a stream outlives the 1 s that other calls have in these tests.
    async with asyncio.timeout(10), front.http.stream("GET", "/api/sse/jobs/endless") as stream:
        lines = stream.aiter_lines()
        line = await anext(lines)
        assert json.loads(line.removeprefix("data: "))["type"] == "connected"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(front.jobs.watch_ended.wait(), 1.5)
    await asyncio.wait_for(front.jobs.watch_ended.wait(), 5)
