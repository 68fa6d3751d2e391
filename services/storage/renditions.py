"""Renditions that join and leave a generation after its record was saved."""

import re
from collections.abc import Sequence

from snapasset.storage.v1 import storage_pb2 as pb

from services.common.errors import GenerationNotFound, RenditionNotFound
from services.common.keys import generation_folder, rendition_id
from services.storage.documents import added_as, generation, written
from services.storage.keys import mistake
from services.storage.records import GenerationRecords

MAX_IMAGES = 32
"""In one call, as many as a job may ask for."""

_JOB_ID = re.compile(r"gen-[0-9a-f-]{1,60}")


class Renditions:
    """The renditions of generations, beside their records."""

    def __init__(self, records: GenerationRecords) -> None:
        self._records = records

    async def add(
        self, user_id: str, generation_id: str, job_id: str, images: Sequence[pb.StoredImage]
    ) -> None:
        """Add what a job has made. Raises GenerationNotFound, InvalidRequest.

        A call that fails may have added some; repeating it adds the rest. The objects of a
        generation that was deleted in the meantime are deleted, too: nothing else would.
        """
        if not _JOB_ID.fullmatch(job_id):
            raise mistake("jobId", "must be the id of a job")
        if not 1 <= len(images) <= MAX_IMAGES:
            raise mistake("images", f"must be 1 to {MAX_IMAGES}")
        documents = {
            f"{job_id}-{number:02d}": written(pb.Addition(image=image))
            for number, image in enumerate(images)
        }
        try:
            await self._records.add(user_id, generation_id, documents)
        except GenerationNotFound:
            folder = generation_folder(user_id, generation_id)
            for key in (image.key for image in images if image.key.startswith(folder)):
                await self._records.delete_object(key)
            raise

    async def delete(self, user_id: str, generation_id: str, wanted: str) -> None:
        """Delete a rendition: first its entry, then its object.

        In this order no history lists a missing image. Raises RenditionNotFound and
        GenerationNotFound.
        """
        kept = await self._records.get(user_id, generation_id)
        images = generation(kept).images
        key = next((one.key for one in images if rendition_id(one.key) == wanted), None)
        if key is None:
            raise RenditionNotFound("The generation has no such rendition. Check its id.")
        if name := added_as(kept, wanted):
            await self._records.remove(user_id, generation_id, name)
        else:
            note = {f"{wanted}-deleted": written(pb.Addition(deleted=wanted))}
            await self._records.add(user_id, generation_id, note)
        await self._records.delete_object(key)
