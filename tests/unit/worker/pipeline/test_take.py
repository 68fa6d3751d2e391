"""A job that was created with an upload: it copies the upload, cuts it, and buys nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from services.common.assets import UPLOAD, Facts
from services.common.errors import UploadNotFound
from services.jobs.source import Source
from services.jobs.uploads.upload import Upload, new_upload_id
from services.jobs.values import JobSpec
from tests.unit.worker.pipeline.world import World

SPEC = JobSpec(user_id="ada", prompt="", platforms=("instagram-post", "x-header"))
DATA = b"an image of somebody's own"
FACTS = Facts(
    content_type="image/png",
    width=40,
    height=60,
    size_bytes=len(DATA),
    sha256=sha256(DATA).hexdigest(),
)


def world_with_upload(owner: str = SPEC.user_id) -> World:
    upload = Upload(
        id=new_upload_id(), owner=owner, facts=FACTS, expires_at=datetime(2026, 11, 27, tzinfo=UTC)
    )
    world = World(replace(SPEC, prompt="", source=Source(upload_id=upload.id)))
    world.uploads[upload.id] = upload
    world.objects[upload.key] = DATA
    return world


async def test_an_upload_is_cut_and_nothing_is_bought() -> None:
    world = world_with_upload()
    result = await world.attempt()
    assert world.charged == 0
    [master] = result.purchases
    assert (master.origin, master.model, master.number) == (UPLOAD, "", 1)
    assert world.objects[master.master.key] == DATA
    assert [one.platform for one in result.images] == [one.id for one in SPEC.targets]
    [record] = world.records.values()
    assert (record.purchases, record.prompt) == ((master,), "")
    assert record.cost_micros == 0


async def test_what_is_copied_already_needs_no_upload_any_more() -> None:
    world = world_with_upload()
    await world.attempt()
    world.uploads.clear()
    assert (await world.attempt()).purchases[0].origin == UPLOAD


@pytest.mark.parametrize("lost", ["record", "bytes", "owner"])
async def test_an_upload_that_is_gone_or_another_owners_fails_the_job(lost: str) -> None:
    world = world_with_upload("eve" if lost == "owner" else SPEC.user_id)
    if lost == "record":
        world.uploads.clear()
    if lost == "bytes":
        world.objects.clear()
    with pytest.raises(UploadNotFound):
        await world.attempt()
