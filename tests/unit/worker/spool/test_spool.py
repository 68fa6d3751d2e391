"""What the spool holds is there after a crash, whole, and costs nothing when the disk fails."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from services.common.errors import Unavailable
from services.common.refusal import CannotStart
from services.worker.spool.parcel import Kind, Parcel
from services.worker.spool.spool import DiskSpool, Held

JOB = "gen-1700000000000-0123456789abcdef0123456789abcdef"
DATA = b"an image that was paid for"


def parcel(purchase: int = 1, kind: Kind = Kind.MASTER, data: bytes = DATA) -> Parcel:
    return Parcel(
        job_id=JOB,
        master=1,
        purchase=purchase,
        kind=kind,
        key=f"ada/1/master-1-{purchase}",
        content_type="image/png",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        note_key="ada/1/purchase-1.json",
        note={"model": "gpt-image-2"},
    )


async def chunks(data: bytes = DATA) -> AsyncIterator[bytes]:
    for at in range(0, len(data), 5):
        yield data[at : at + 5]


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def content(held: Held | None) -> bytes:
    assert held
    return b"".join([chunk async for chunk in held.read()])


@pytest.fixture
def spool(tmp_path: Path) -> DiskSpool:
    return opened(tmp_path / "spool")


def opened(folder: Path, most_bytes: int = 1000) -> DiskSpool:
    spool = DiskSpool(folder, most_bytes)
    spool.prepare()
    return spool


async def test_a_parcel_can_be_read_again_and_again(spool: DiskSpool) -> None:
    held = await spool.hold(parcel(), chunks())
    assert [await content(held), await content(held)] == [DATA, DATA]
    held.close()


async def test_a_process_that_starts_again_finds_what_the_last_one_held(tmp_path: Path) -> None:
    before = opened(tmp_path)
    (await before.hold(parcel(), chunks())).close()
    after = opened(tmp_path)
    held = await after.find(JOB, 1)
    assert held
    assert held.parcel == parcel()
    assert await content(held) == DATA
    after.forget(held)
    held.close()
    assert files(tmp_path) == []


async def test_the_latest_purchase_of_a_master_is_found(spool: DiskSpool) -> None:
    for number in (2, 10, 9):
        (await spool.hold(parcel(number), chunks())).close()
    held = await spool.find(JOB, 1)
    assert held
    assert held.parcel.purchase == 10
    held.close()
    assert await spool.find(JOB, 2) is None


async def test_an_answer_is_found_only_where_there_is_no_image(spool: DiskSpool) -> None:
    (await spool.hold(parcel(3, Kind.ANSWER), chunks())).close()
    for kind in (Kind.ANSWER, Kind.MASTER):
        (await spool.hold(parcel(2, kind), chunks())).close()
        held = await spool.find(JOB, 1)
        assert held
        assert held.parcel.kind is kind
        held.close()


async def test_what_breaks_off_on_its_way_in_leaves_nothing_behind(
    spool: DiskSpool, tmp_path: Path
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield DATA
        raise Unavailable("The generator does not answer.")

    with pytest.raises(Unavailable):
        await spool.hold(parcel(), broken())
    assert files(tmp_path / "spool") == []


async def test_a_parcel_of_which_bytes_are_missing_is_none(tmp_path: Path) -> None:
    spool = opened(tmp_path)
    (await spool.hold(parcel(), chunks())).close()
    os.truncate(files(tmp_path)[0], 3)
    assert await spool.find(JOB, 1) is None
    assert list(spool.left_behind(0)) == []


@pytest.mark.parametrize("label", [b"", b"[]", b"{}", b'{"kind": "gift"}', b"\xff"])
async def test_a_label_that_cannot_be_read_harms_no_other(tmp_path: Path, label: bytes) -> None:
    spool = opened(tmp_path)
    (tmp_path / f"{JOB}.1.master.7.json").write_bytes(label)
    (tmp_path / f"{JOB}.1.master.7.bin").write_bytes(b"x")
    (await spool.hold(parcel(), chunks())).close()
    held = await spool.find(JOB, 1)
    assert await content(held) == DATA
    assert held
    held.close()


async def test_a_disk_that_is_gone_costs_no_image(tmp_path: Path) -> None:
    spool = opened(tmp_path / "spool")
    (tmp_path / "spool").rmdir()
    held = await spool.hold(parcel(), chunks())
    assert await content(held) == DATA
    spool.forget(held)
    held.close()
    with closing(await spool.buffer(chunks())) as file:
        assert b"".join([chunk async for chunk in file.read()]) == DATA


@pytest.mark.parametrize("count", [3, 5])
async def test_what_is_buffered_can_be_resent_from_memory_or_from_disk(
    spool: DiskSpool, count: int
) -> None:
    pieces = [bytes([number]) * 300_000 for number in range(count)]  # four are over a mebibyte

    async def sent() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    with closing(await spool.buffer(sent())) as file:
        for _ in range(2):
            assert b"".join([chunk async for chunk in file.read()]) == b"".join(pieces)


async def test_a_spool_is_full_at_its_bound_and_takes_what_is_paid_for_all_the_same(
    tmp_path: Path,
) -> None:
    spool = opened(tmp_path, most_bytes=len(DATA))
    assert not spool.is_full()
    first = await spool.hold(parcel(1), chunks())
    assert spool.is_full()
    second = await spool.hold(parcel(2), chunks())
    assert await content(second) == DATA
    spool.forget(first)
    first.close()
    spool.forget(second)
    second.close()
    assert not spool.is_full()


def test_a_folder_that_cannot_be_made_is_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match=r"WORKER_SPOOL_DIRECTORY .*file"):
        DiskSpool(tmp_path / "file", 1).prepare()


def test_what_an_interrupted_write_has_left_is_removed_at_the_start_once_it_is_old(
    tmp_path: Path,
) -> None:
    old, young = tmp_path / "a.bin", tmp_path / "b.part"
    for file in (old, young):
        file.write_bytes(b"x")
    os.utime(old, (0, 0))
    opened(tmp_path)
    assert files(tmp_path) == [young]
