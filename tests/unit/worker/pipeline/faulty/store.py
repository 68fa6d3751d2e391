"""A store whose calls may break, and may take effect after their process died."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from services.common.assets import Rendition
from services.common.errors import (
    GenerationNotFound,
    ObjectNotFound,
)
from services.leaves.records import GenerationRecord
from tests.unit.worker.pipeline.faulty.faults import HANGS, Faults
from tests.unit.worker.pipeline.faulty.files import in_chunks


class Store(Faults):
    """See ports.Store."""

    records: dict[str, GenerationRecord]
    added: dict[tuple[str, str], tuple[Rendition, ...]]

    async def check_room(self, size_bytes: int) -> None:
        self.point()

    async def put(
        self,
        key: str,
        content_type: str,
        read: Callable[[], AsyncIterator[bytes]],
        size_bytes: int,
        sha256: str,
    ) -> None:
        fault = self.fault()
        self.before(fault)
        data = b"".join([chunk async for chunk in read()])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size_bytes, sha256)
        if fault in HANGS:
            self.late.append((self.calls + int(fault.split()[-1]), key, data))
        else:
            self.objects[key] = data
        self.after(fault)

    async def read(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        self.point()
        return {key: self.objects[key] for key in keys if key in self.objects}

    async def get(self, key: str) -> AsyncIterator[bytes]:
        self.point()
        if key not in self.objects:
            raise ObjectNotFound("There is no such object.")
        async for chunk in in_chunks(self.objects[key]):
            yield chunk

    async def delete(self, key: str) -> None:
        fault = self.fault()
        self.before(fault)
        self.objects.pop(key, None)
        self.after(fault)

    async def save(self, record: GenerationRecord) -> None:
        fault = self.fault()
        self.before(fault)
        self.records[record.generation_id] = record
        self.after(fault)

    async def record(self, owner: str, generation_id: str) -> GenerationRecord:
        self.point()
        if generation_id not in self.records:
            raise GenerationNotFound("There is no such generation.")
        return self.records[generation_id]

    async def add_renditions(
        self, owner: str, generation_id: str, job_id: str, images: Sequence[Rendition]
    ) -> None:
        fault = self.fault()
        self.before(fault)
        if generation_id not in self.records:
            raise GenerationNotFound("There is no such generation.")
        self.added[generation_id, job_id] = tuple(images)
        self.after(fault)
