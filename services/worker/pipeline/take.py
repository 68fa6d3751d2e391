"""The step that makes the upload that a job was created with its master."""

from contextlib import aclosing, closing
from typing import Any, cast

from services.common.assets import UPLOAD, Purchase
from services.common.errors import ObjectNotFound, UploadNotFound
from services.jobs.checkpoint import stored
from services.jobs.source import Source
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work


async def take(work: Work, report: StepReporter) -> None:
    """Copy the upload into the generation, which outlives it. Raises UploadNotFound."""
    if work.checkpoint.purchases:
        return
    source = work.spec.source or Source()
    upload = await work.ports.uploads.find(work.spec.user_id, source.upload_id)
    if upload is None:
        raise _gone()
    facts = upload.facts
    key = f"{work.folder}master-1-{facts.sha256[:16]}"
    await report.log("Taking the upload...")
    chunks = work.ports.store.get(upload.key)
    try:
        async with aclosing(cast(Any, chunks)):
            with closing(await work.spool.buffer(chunks)) as file:
                await work.ports.store.put(
                    key, facts.content_type, file.read, facts.size_bytes, facts.sha256
                )
    except ObjectNotFound as error:
        raise _gone() from error
    master = stored("master", key, facts)
    work.checkpoint.purchases.append(
        Purchase(master=master, model="", revised_prompt="", number=1, origin=UPLOAD)
    )
    await report.save(done=1, text="Took the upload")


def _gone() -> UploadNotFound:
    return UploadNotFound("The upload is gone. Send the file again and create another job.")
