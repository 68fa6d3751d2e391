"""The memory of a whole process, while it cuts the largest masters that its settings let in."""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import grpc
import pytest
from PIL import Image
from snapasset.resizer.v1 import resizer_pb2 as pb
from snapasset.resizer.v1.resizer_pb2_grpc import ResizerServiceStub

from services.common.channels import CHUNK_BYTES
from tests.servers.own_process import service_process
from tests.unit.resizer.pictures import saved
from tests.unit.resizer.signing.identities import settings as with_certificate

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")

MASTER = 4000, 2500
SECONDS = 120
CASES = {
    "decoding takes most": (1024, [(1024, 1024)]),
    "writing takes most": (3000, [(3000, 3000), (1000, 1000)]),
}


@pytest.mark.parametrize("case", CASES)
async def test_calls_take_no_more_than_the_settings_say_even_if_they_sign(
    case: str, tmp_path: Path
) -> None:
    max_side, targets = CASES[case]
    settings = with_certificate(
        tmp_path,
        max_pixels=MASTER[0] * MASTER[1],
        max_side=max_side,
        max_bytes=2**23,
        concurrency=1,
        deadline_seconds=SECONDS,
        log_format="json",
    )
    master = transparent_webp()
    with service_process("resizer", settings) as (process, port):
        before = peak_bytes(process.pid)
        calls = [cut(port, master, targets) for _ in range(2)]
        assert await asyncio.gather(*calls) == [len(targets)] * 2
        taken = peak_bytes(process.pid) - before
    # Not less than half of it: else it was not the largest, or the bound says nothing.
    assert settings.most_bytes / 2 < taken < settings.most_bytes


def transparent_webp() -> bytes:
    """The kind that takes most: see test_memory.py."""
    picture = Image.effect_noise((24, 24), 40).resize(MASTER).convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, MASTER[0] // 2, MASTER[1] // 2))
    return saved(picture, "WEBP", method=0)


async def cut(port: int, master: bytes, targets: Sequence[tuple[int, int]]) -> int:
    """Return how many AVIF renditions came."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = ResizerServiceStub(channel).Resize(requests(master, targets), timeout=SECONDS)
        return sum([response.HasField("header") async for response in call])


def requests(master: bytes, targets: Sequence[tuple[int, int]]) -> Iterator[pb.ResizeRequest]:
    wanted = [
        pb.Target(id=str(number), width=width, height=height)
        for number, (width, height) in enumerate(targets)
    ]
    header = pb.ResizeHeader(size_bytes=len(master), format="avif", targets=wanted)
    yield pb.ResizeRequest(header=header)
    for start in range(0, len(master), CHUNK_BYTES):
        yield pb.ResizeRequest(chunk=master[start : start + CHUNK_BYTES])


def peak_bytes(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024
