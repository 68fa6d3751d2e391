"""The uploads that a job names as pictures to paint from."""

from dataclasses import replace

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake, UploadNotFound
from services.gateway.api.requests import refuse
from services.jobs.uploads.register import UploadRegister
from services.jobs.uploads.upload import Upload
from services.jobs.values import JobSpec, SentPicture


class SentPictures:
    """Finds them in the register of uploads."""

    def __init__(self, register: UploadRegister) -> None:
        self._register = register

    async def added_to(self, spec: JobSpec, request: pb.CreateJobRequest) -> JobSpec:
        """Return the spec with the pictures that a request names.

        Raises UploadNotFound, and InvalidRequest for a mask of another size than its picture.
        """
        if not (request.references or request.mask):
            return spec
        references = [
            await self._found(spec.user_id, one, f"references[{at}]")
            for at, one in enumerate(request.references)
        ]
        if not request.mask:
            return replace(spec, references=tuple(map(_sent, references)))
        mask = await self._found(spec.user_id, request.mask, "mask")
        of, size = references[0].facts, (mask.facts.width, mask.facts.height)
        if size != (of.width, of.height):
            words = f"must have the size of the first reference, {of.width}x{of.height} pixels"
            refuse([FieldMistake("mask", words)])
        return replace(spec, references=tuple(map(_sent, references)), mask=_sent(mask))

    async def _found(self, owner: str, upload_id: str, field: str) -> Upload:
        if found := await self._register.find(owner, upload_id):
            return found
        raise UploadNotFound(
            f"{field}: there is no such upload. It may have expired; send it again."
        )


def _sent(upload: Upload) -> SentPicture:
    return SentPicture(upload_id=upload.id, size_bytes=upload.facts.size_bytes)
