"""A storage that is away for a while is waited for; what no waiting heals is not."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from services.common.backoff import Backoff
from services.common.errors import (
    AppError,
    DeadlineExceeded,
    InvalidRequest,
    ObjectNotFound,
    StorageFull,
    Unavailable,
)
from services.worker.patient_store import PatientStore

AT_ONCE = Backoff(first_seconds=0.0, longest_seconds=0.0)


class Failing:
    """A storage that fails as often as it is told, and then does what it is asked."""

    def __init__(self, *errors: AppError) -> None:
        self._errors = list(errors)
        self.put_bytes = b""

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        sent = b"".join([chunk async for chunk in chunks])
        self._fail()
        self.put_bytes = sent

    async def get(self, key: str) -> AsyncIterator[bytes]:
        self._fail()
        yield b"an "
        self._fail()
        yield b"image"

    def _fail(self) -> None:
        if self._errors and (error := self._errors.pop(0)):
            raise error


def patient(storage: Failing, seconds: float = 60) -> PatientStore:
    return PatientStore(cast(Any, storage), seconds, AT_ONCE)


async def image() -> AsyncIterator[bytes]:
    yield b"an "
    yield b"image"


@pytest.mark.parametrize(
    "error", [Unavailable("Away."), StorageFull("Full."), DeadlineExceeded("Slow.")]
)
async def test_an_upload_is_repeated_with_all_its_bytes_until_storage_takes_it(
    error: AppError,
) -> None:
    storage = Failing(error, error, error)
    await patient(storage).put("key", "image/png", image, 8, "sum")
    assert storage.put_bytes == b"an image"


async def test_what_waiting_cannot_heal_is_raised_at_once() -> None:
    with pytest.raises(InvalidRequest):
        await patient(Failing(InvalidRequest("No."))).put("key", "image/png", image, 8, "sum")


async def test_patience_ends() -> None:
    storage = Failing(*[StorageFull("Full.")] * 5)
    with pytest.raises(StorageFull):
        await patient(storage, seconds=-1).put("key", "image/png", image, 8, "sum")


async def test_a_download_waits_for_its_beginning_and_is_never_spliced() -> None:
    store = patient(Failing(Unavailable("Away.")))
    assert b"".join([chunk async for chunk in store.get("key")]) == b"an image"
    broken = patient(Failing(cast(Any, None), Unavailable("Away.")))
    with pytest.raises(Unavailable):
        [chunk async for chunk in broken.get("key")]
    with pytest.raises(ObjectNotFound):
        [chunk async for chunk in patient(Failing(ObjectNotFound("None."))).get("key")]
