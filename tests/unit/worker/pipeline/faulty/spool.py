"""A spool whose disk outlives the process."""

from collections.abc import AsyncIterator

from services.worker.spool.file import SpooledFile
from services.worker.spool.parcel import Kind, Parcel
from services.worker.spool.spool import Held
from tests.unit.worker.pipeline.faulty.faults import Faults


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

    async def find(self, job_id: str, master: int) -> Held | None:
        found = [one for one in self.parcels.values() if one[0].master == master]
        images = [one for one in found if one[0].kind is Kind.MASTER]
        for parcel, data in images or found:
            return await held(parcel, data)
        return None

    def forget(self, held: Held) -> None:
        self.parcels.pop(held.parcel.name, None)

    async def buffer(self, chunks: AsyncIterator[bytes]) -> SpooledFile:
        file = SpooledFile(None)
        async for chunk in chunks:
            await file.write(chunk)
        return file


async def held(parcel: Parcel, data: bytes) -> Held:
    """Return a parcel that lies in memory."""
    file = SpooledFile(None)
    await file.write(data)
    return Held(parcel=parcel, file=file)
