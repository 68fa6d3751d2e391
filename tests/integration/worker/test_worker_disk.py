"""The disk of storage is really full, and what the jobs make of it."""

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.jobs.values import Status
from services.storage.incoming import INCOMING
from tests.integration.worker.floor import Floor

_MIB = 1024 * 1024
_SIZE_MIB = 96
_LONGEST_FILE = 4096


@dataclass(kw_only=True, slots=True)
class Disk:
    """The file system of storage: one of its own, else one on which this process has a quota."""

    folder: Path
    own: bool

    def fill(self) -> None:
        """Leave no room."""
        if not self.own:
            self._limit_files(_LONGEST_FILE)
            return
        for block in (_MIB, 1):
            with contextlib.suppress(OSError), self._filler.open("ab", buffering=0) as file:
                while file.write(bytes(block)):
                    pass

    def make_room(self) -> None:
        """Make it as it was."""
        if self.own:
            self._filler.unlink(missing_ok=True)
        else:
            self._limit_files(resource.getrlimit(resource.RLIMIT_FSIZE)[1])

    def _limit_files(self, size_bytes: int) -> None:
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, most))

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mount a small one where we may."""
    folder = tmp_path / "storage"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MIB}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    disk = Disk(folder=folder, own=mounted)
    try:
        yield disk
    finally:
        disk.make_room()
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_told_loses_no_bought_image_and_is_not_bought_for(
    disk: Disk, floor: Floor
) -> None:
    floor.storage.hold_answer_to = "/master-"
    floor.workers.start(
        JOB_ATTEMPTS="2", RETRY_BACKOFF_SECONDS="1", WORKER_STORAGE_PATIENCE_SECONDS="0"
    )
    job_id = floor.create()
    await floor.storage.at_the_door.wait()
    disk.fill()
    floor.storage.open_door.set()
    for status in (Status.DELAYED, Status.FAILED):
        job = await floor.until(job_id, status)
        assert job.failure
        assert (job.failure.code, job.failure.retryable) == ("STORAGE_FULL", True)
        assert job.failure.message.startswith("Storage is full")
    assert [name.split("-")[0] for name in floor.files()] == ["master"]
    assert not list((disk.folder / INCOMING).iterdir())

    if disk.own:  # a quota cannot be asked
        other = floor.create()
        await floor.until(other, Status.FAILED)
        assert floor.calls() == 1

    disk.make_room()
    floor.retry(job_id)
    await floor.completed(job_id)
    assert (floor.bought, floor.calls()) == (1, 1)
