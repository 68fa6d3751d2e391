from datetime import UTC, datetime

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.assets import Facts
from services.common.errors import InvalidRequest, UploadNotFound
from services.gateway.api.pictures import SentPictures
from services.jobs.uploads.upload import Upload
from services.jobs.values import JobSpec, SentPicture

SPEC = JobSpec(user_id="ada", prompt="Our bottle on a beach", platforms=("twitter-post",))
PHOTO, HOLE, SMALL = (f"up-1700000000000-{digit * 32}" for digit in "abc")
SIZES = {PHOTO: (800, 600), HOLE: (800, 600), SMALL: (80, 60)}


class Register:
    """Knows three uploads of Ada's."""

    async def find(self, owner: str, upload_id: str) -> Upload | None:
        if owner != "ada" or upload_id not in SIZES:
            return None
        width, height = SIZES[upload_id]
        facts = Facts(
            content_type="image/png", width=width, height=height, size_bytes=9, sha256="0a"
        )
        return Upload(id=upload_id, owner=owner, facts=facts, expires_at=datetime.now(UTC))


async def added(*references: str, mask: str = "", spec: JobSpec = SPEC) -> JobSpec:
    request = pb.CreateJobRequest(references=references, mask=mask)
    return await SentPictures(Register()).added_to(spec, request)  # type: ignore[arg-type]


async def test_a_job_knows_the_size_of_each_of_its_pictures() -> None:
    spec = await added(PHOTO, SMALL, mask=HOLE)
    assert [one.upload_id for one in spec.references] == [PHOTO, SMALL]
    assert spec.mask == SentPicture(upload_id=HOLE, size_bytes=9)


async def test_a_job_without_pictures_stays_as_it_is() -> None:
    assert await added() == SPEC


async def test_an_upload_that_is_not_there_is_named_by_its_field() -> None:
    with pytest.raises(UploadNotFound, match=r"references\[1\]: there is no such upload"):
        await added(PHOTO, "up-1700000000000-" + "d" * 32)


async def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="must have the size of the first reference, 800x600"):
        await added(PHOTO, mask=SMALL)
