"""The Python client without asyncio, on a real channel."""

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client import (
    BlockingSnapAsset,
    Patience,
    SnapAsset,
    SnapAssetError,
)
from tests.servers.hostile_api import GENERATION_ID, JOB_ID, Lies, hostile_api

ORDER = pb.CreateJobRequest(user_id="ada", prompt="A lighthouse", platforms=["twitter-post"])
T = TypeVar("T")


def with_client(act: Callable[[BlockingSnapAsset], T], lies: Lies | None = None) -> T:
    """Return what `act` does in a thread that has no event loop, while an API runs here."""

    def use(address: str) -> T:
        with BlockingSnapAsset(address, token="t") as client:
            return act(client)

    async def run() -> T:
        async with hostile_api(lies or Lies()) as address, asyncio.timeout(30):
            return await asyncio.to_thread(use, address)

    return asyncio.run(run())


def test_it_has_every_method_of_the_other_client() -> None:
    methods = {name for name, _ in inspect.getmembers(SnapAsset, callable) if name[0] != "_"}
    assert methods == {
        name for name, _ in inspect.getmembers(BlockingSnapAsset, callable) if name[0] != "_"
    }


def test_a_job_is_created_watched_and_saved(tmp_path: Path) -> None:
    def act(client: BlockingSnapAsset) -> tuple[str, list[str], bytes]:
        job_id = client.create_job(ORDER).job_id
        types = [event.type for event in client.watch(job_id)]
        [image] = client.create_and_wait(ORDER).result.images
        assert b"".join(client.download(image)) == b"cat"
        return job_id, types, client.save(image, tmp_path).read_bytes()

    assert with_client(act) == (JOB_ID, ["done"], b"cat")


def test_a_list_may_be_left_in_the_middle() -> None:
    def act(client: BlockingSnapAsset) -> str:
        entries: Iterator[object] = client.generations()
        return next(one.generation_id for one in client.generations() if entries)

    assert with_client(act, Lies(next_cursor="more")) == GENERATION_ID


def test_errors_come_out_and_nothing_is_left_running() -> None:
    with pytest.raises(ValueError, match="is not an address"):
        BlockingSnapAsset("file:///x")
    patience = Patience(attempts=1, timeout_seconds=2)
    with (
        BlockingSnapAsset("127.0.0.1:1", patience=patience) as lost,
        pytest.raises(SnapAssetError, match="tried at http://127"),
    ):
        lost.health()
    assert "snapasset" not in {thread.name for thread in threading.enumerate()}
