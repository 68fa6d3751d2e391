"""One cut at a time on an idle stack: four renditions from a stored master, from POST to done."""

import time

import aiohttp

from tests.bench.figures import OURS, Row

_PLATFORMS = ("instagram-post", "instagram-story", "x-post", "youtube-thumbnail")


async def cut_row(session: aiohttp.ClientSession, generation_id: str, count: int, part: str) -> Row:
    """Cut a generation again, so often and once more to warm up."""
    taken = []
    for number in range(count + 1):
        began = time.perf_counter()
        await _one_cut(session, generation_id)
        if number:
            taken.append(1000 * (time.perf_counter() - began))
    what = "an idle stack, four renditions of a stored master, from POST to done"
    return Row(part=part, what=what, unit="ms", taken={OURS: taken}, aim="250 ms")


async def _one_cut(session: aiohttp.ClientSession, generation_id: str) -> None:
    order = {"renditions": [{"platform": one} for one in _PLATFORMS]}
    path = f"/api/generations/{generation_id}/renditions"
    async with session.post(path, json=order) as response:
        stream_url = (await response.json())["streamUrl"]
    async with session.get(stream_url) as stream:
        async for line in stream.content:
            if b'"done"' in line and b'"completed"' in line:
                return
    raise RuntimeError("the cut did not complete")
