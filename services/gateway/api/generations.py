"""The generations of owners, as storage keeps them. Whatever cannot be one does not exist."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from services.common.assets import Rendition
from services.common.errors import (
    GenerationNotFound,
    InvalidRequest,
    MasterNotFound,
    NotFound,
    RenditionNotFound,
)
from services.leaves.records import GenerationRecord
from services.leaves.storage import StorageClient


class Generations:
    """Reads and deletes. `storage` answers questions, `images` has time for slow readers."""

    def __init__(self, storage: StorageClient, images: StorageClient) -> None:
        self._storage = storage
        self._images = images

    async def get(self, owner: str, generation_id: str) -> GenerationRecord:
        """Return a generation. Raises GenerationNotFound."""
        with _missing_is_not_found():
            return await self._storage.record(owner, generation_id)

    async def delete(self, owner: str, generation_id: str) -> None:
        """Delete a generation with its images. Raises GenerationNotFound."""
        with _missing_is_not_found():
            await self._storage.delete_record(owner, generation_id)

    async def delete_rendition(self, owner: str, generation_id: str, rendition_id: str) -> None:
        """Delete one of its images. Raises GenerationNotFound, RenditionNotFound."""
        with _missing_is_not_found():
            await self._storage.delete_rendition(owner, generation_id, rendition_id)

    async def read(self, master: Rendition) -> AsyncGenerator[bytes, None]:
        """Yield a bought image in chunks. Raises MasterNotFound."""
        try:
            async with aclosing(self._images.get(master.key, sha256=master.sha256)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except NotFound as error:
            raise no_master() from error


def no_master() -> MasterNotFound:
    """Return the error for a number that no master of the generation has."""
    return MasterNotFound("The generation has no such master. Check its number.")


@contextmanager
def _missing_is_not_found() -> Iterator[None]:
    try:
        yield
    except RenditionNotFound:
        raise
    except (NotFound, InvalidRequest) as error:
        raise GenerationNotFound("There is no such generation. Check its id.") from error
