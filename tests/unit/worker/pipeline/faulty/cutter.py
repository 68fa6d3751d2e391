"""A resizer whose calls may break, between the chunks of a rendition too."""

from collections.abc import AsyncIterator, Mapping, Sequence

from services.common.options import RenditionOptions
from services.common.targets import Target
from services.leaves.resizer import Cut, Wishes
from tests.unit.worker.pipeline.faulty.faults import Faults
from tests.unit.worker.pipeline.faulty.files import facts_of, in_chunks


def rendition(master: bytes, platform: str) -> bytes:
    return b"cut of " + master + b" for " + platform.encode()


class Cutter(Faults):
    """See ports.Resizer."""

    overrides: Mapping[str, RenditionOptions]

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        data = b"".join([chunk async for chunk in master])
        assert len(data) == size_bytes, "another master than the checkpoint's"
        self.overrides = wishes.overrides
        for target in targets:
            self.point()
            cut = rendition(data, target.id)
            yield Cut(
                target=target.id,
                facts=facts_of(cut, "image/jpeg"),
                crop=(0, 0, 1, 1),
                chunks=self._rest(cut),
            )

    async def _rest(self, data: bytes) -> AsyncIterator[bytes]:
        async for chunk in in_chunks(data):
            self.point()
            yield chunk
