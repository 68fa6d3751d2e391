"""Turns jobs and changes into the messages of the public API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from google.protobuf.timestamp_pb2 import Timestamp
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.assets import Advice, Purchase, Rendition
from services.common.keys import rendition_id
from services.common.options import RenditionOptions
from services.common.targets import Platform
from services.jobs.source import Source
from services.jobs.values import (
    Change,
    CustomSize,
    Failure,
    Job,
    JobSpec,
    PartFailure,
    Result,
    Urgency,
)
from services.jobs.views import options


class ImageLinks(Protocol):
    """Knows where images are."""

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the address of each key. Raises what storage raises."""
        ...


class Views:
    """Shows jobs with the addresses of their images, and the names of their `platforms`."""

    def __init__(self, links: ImageLinks, platforms: Mapping[str, Platform]) -> None:
        self._links = links
        self._platforms = platforms

    async def job(self, job: Job) -> pb.GetJobResponse:
        """Return a job as GetJob shows it."""
        return pb.GetJobResponse(
            job_id=job.id,
            status=job.status,
            progress=job.progress,
            data=job_data(job.spec),
            logs=job.logs,
            created_at=timestamp(job.created_at),
            processed_at=timestamp(job.processed_at),
            finished_at=timestamp(job.finished_at),
            result=await self.result(job.result),
            error=job_error(job.failure),
            message=job.message,
            attempts=job.attempts,
            next_run_at=timestamp(job.next_run_at),
            batch_id=job.batch_id or None,
        )

    async def change(self, job_id: str, generation_id: str, change: Change) -> pb.WatchJobResponse:
        """Return a change of a job as WatchJob reports it."""
        result = await self.result(change.result)
        if change.type == "done" and result is None:
            # The guide's JavaScript reads `result.images` of every `done`.
            result = pb.JobResult(success=False, generation_id=generation_id)
        return pb.WatchJobResponse(
            type=change.type,
            job_id=job_id,
            status=change.status,
            progress=change.progress,
            message=change.message,
            timestamp=timestamp(change.at),
            result=result if change.type == "done" else None,
            error=job_error(change.failure),
            sequence=change.sequence,
            preview=change.preview,
            next_run_at=timestamp(change.next_run_at),
            images=await self.images(change.images),
        )

    async def result(self, result: Result | None) -> pb.JobResult | None:
        """Return what came out of a completed job."""
        if result is None:
            return None
        return pb.JobResult(
            success=not result.failures,
            generation_id=result.generation_id,
            revised_prompt=result.purchases[0].revised_prompt,
            masters=[master_view(one) for one in result.purchases],
            images=await self.images(result.images),
            failures=map(self._failure, result.failures),
        )

    def _failure(self, part: PartFailure) -> pb.JobFailure:
        known = self._platforms.get(part.target)
        return pb.JobFailure(
            platform=known.name if known else part.target,
            platform_id=part.target,
            master=part.master,
            error=job_error(part.failure),
        )

    async def images(self, images: Sequence[Rendition]) -> list[pb.JobImage]:
        """Return images with their addresses."""
        urls = await self._links.of([one.key for one in images])
        return [self._image(one, url) for one, url in zip(images, urls, strict=True)]

    def _image(self, one: Rendition, url: str) -> pb.JobImage:
        known = self._platforms.get(one.platform)
        return pb.JobImage(
            platform=known.name if known else one.platform,
            platform_id=one.platform,
            url=url,
            width=one.width,
            height=one.height,
            size=one.size_bytes,
            crop=_crop(one.crop) if one.crop else None,
            master=one.master,
            rendition_id=rendition_id(one.key),
            kept=one.kept,
            advice=map(_advice, one.advice),
            provenance=pb.Provenance(signed=bool(one.signed_by), signed_by=one.signed_by),
        )


def master_view(purchase: Purchase) -> pb.JobMaster:
    """Return an image that was bought."""
    return pb.JobMaster(
        width=purchase.master.width,
        height=purchase.master.height,
        model=purchase.model,
        revised_prompt=purchase.revised_prompt,
        number=purchase.number,
        origin=purchase.origin,
    )


def summary(job: Job) -> pb.JobSummary:
    """Return a job as a row of a list."""
    return pb.JobSummary(
        job_id=job.id,
        status=job.status,
        progress=job.progress,
        created_at=timestamp(job.created_at),
        finished_at=timestamp(job.finished_at),
        prompt=job.spec.prompt,
        platforms=job.spec.platforms,
        sizes=map(_size, job.spec.sizes),
        error=job_error(job.failure),
        batch_id=job.batch_id or None,
    )


def job_data(spec: JobSpec) -> pb.JobData:
    """Return what was asked for."""
    return pb.JobData(
        user_id=spec.user_id,
        prompt=spec.prompt,
        platforms=spec.platforms,
        options=options.to_message(spec.options),
        sizes=map(_size, spec.sizes),
        source=_source(spec.source) if spec.source else None,
        urgency=spec.urgency if spec.urgency is not Urgency.NORMAL else None,
        references=[one.upload_id for one in spec.references],
        mask=spec.mask.upload_id if spec.mask else None,
        webhook_url=spec.webhook_url or None,
        renditions=[_rendition(*one) for one in spec.overrides.items()],
    )


def _rendition(target: str, own: RenditionOptions) -> pb.JobRendition:
    return pb.JobRendition(
        platform_id=target,
        crop=_crop(own.crop) if own.crop else None,
        focal_point=options.point_message(own.focal_point) if own.focal_point else None,
        fit=own.fit or None,
        background=own.background or None,
        format=own.format or None,
    )


def _source(source: Source) -> pb.Source:
    return pb.Source(
        generation_id=source.generation_id or None,
        master=source.master or None,
        upload_id=source.upload_id or None,
    )


def _size(size: CustomSize) -> pb.Size:
    return pb.Size(name=size.name, width=size.width, height=size.height)


def _advice(advice: Advice) -> pb.CropAdvice:
    point = None
    if advice.focal_point:
        x, y = advice.focal_point
        point = pb.FocalPoint(x=x, y=y)
    return pb.CropAdvice(kind=advice.kind, kept=advice.kept, focal_point=point)


def _crop(crop: tuple[int, int, int, int]) -> pb.CropBox:
    x, y, width, height = crop
    return pb.CropBox(x=x, y=y, width=width, height=height)


def job_error(failure: Failure | None) -> pb.JobError | None:
    """Return why a job failed or is delayed."""
    if failure is None:
        return None
    return pb.JobError(code=failure.code, message=failure.message, retryable=failure.retryable)


def timestamp(when: datetime | None) -> Timestamp | None:
    """Return a time truncated to whole milliseconds, as JSON shows it."""
    if when is None:
        return None
    stamp = Timestamp()
    stamp.FromMilliseconds(int(when.timestamp() * 1000))
    return stamp
