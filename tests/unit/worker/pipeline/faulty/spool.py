"""A spool whose disk outlives the process."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from services.worker.spool.file import SpooledFile
from services.worker.spool.parcel import Kind, Parcel
from services.worker.spool.spool import Held
from tests.unit.worker.pipeline.faulty.faults import Faults
from tests.unit.worker.pipeline.faulty.files import in_chunks


class Spool(Faults):
    """See ports.Spool."""

    parcels: dict[str, tuple[Parcel, bytes]]

    def is_full(self) -> bool:
        return False

    async def hold(self, parcel: Parcel, chunks: AsyncIterator[bytes]) -> Held:
        data = b"".join([chunk async for chunk in chunks])
        self.dying(before=True)
        self.parcels[parcel.name] = (parcel, data)
        self.dying(before=False)
        return await held(parcel, data)

    async def find(self, job_id: str, master: int, kind: Kind) -> Held | None:
        for parcel, data in self.parcels.values():
            if (parcel.master, parcel.kind) == (master, kind):
                return await held(parcel, data)
        return None

    def forget(self, held: Held) -> None:
        self.parcels.pop(held.parcel.name, None)

    @asynccontextmanager
    async def buffered(
        self, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Callable[[], AsyncIterator[bytes]]]:
        data = b"".join([chunk async for chunk in chunks])
        yield lambda: in_chunks(data)


async def held(parcel: Parcel, data: bytes) -> Held:
    """Return a parcel that lies in memory."""
    file = SpooledFile(None)
    await file.write(data)
    return Held(parcel=parcel, file=file)
