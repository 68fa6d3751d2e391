"""The commands that create, show and steer jobs."""

import argparse
import asyncio
from pathlib import Path

from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.renditions_pb2 import CreateRenditionsResponse

from .. import forms, words
from ..client import SnapAsset
from ..errors import TIMEOUT, SnapAssetError
from .images import image_lines, save_all, show_images
from .lists import first, owner, show_list, time_of
from .screen import Screen, one_line, table
from .sending import send

DONE, JOB_NOT_COMPLETED = 0, 3

_WORDS = ("quality", "style", "format", "crop", "masters", "model", "label", "fit", "background")
"""The options of a job that are one word."""


async def create(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Create a job, follow it and save its images."""
    asked.source, asked.mask, *asked.reference = [
        await _uploaded(client, asked, screen, one)
        for one in (asked.source, asked.mask, *asked.reference)
    ]
    return await follow_new(client, await client.create_job(order_of(asked)), screen, asked)


async def _uploaded(
    client: SnapAsset, asked: argparse.Namespace, screen: Screen, named: str
) -> str:
    """Return the id of the upload that is named, or of the file that is named, once it is sent."""
    if not named or forms.is_upload_id(named):
        return named
    return await send(client, asked, screen, Path(named))


async def follow_new(
    client: SnapAsset,
    created: pb.CreateJobResponse | CreateRenditionsResponse,
    screen: Screen,
    asked: argparse.Namespace,
) -> int:
    """Show that a job was accepted and, unless that is enough, follow it."""
    # Checked before it is shown: people copy what is shown into a shell.
    job_id = forms.job_id(created.job_id)
    about = words.ABOUT.format(time=created.estimated_time)
    screen.message(created, f"Job {job_id}, {about}")
    if asked.detach:
        return DONE
    return await _follow(client, job_id, screen, asked)


def order_of(asked: argparse.Namespace) -> pb.CreateJobRequest:
    """Return the job that the command line describes."""
    typed = {name: getattr(asked, name) for name in _WORDS}
    options = pb.JobOptions(**{name: word for name, word in typed.items() if word})
    if asked.variants:
        options.variants = asked.variants
    if asked.focal_point:
        options.focal_point.x, options.focal_point.y = asked.focal_point
    return pb.CreateJobRequest(
        user_id=asked.user,
        prompt=asked.prompt,
        platforms=asked.platform,
        sizes=asked.size,
        options=options,
        references=asked.reference,
        mask=asked.mask,
        webhook_url=asked.webhook_url,
        source=pb.Source(upload_id=asked.source) if asked.source else None,
    )


async def watch(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Follow a job."""
    return await _follow(client, asked.job_id, screen, asked)


async def _follow(client: SnapAsset, job_id: str, screen: Screen, asked: argparse.Namespace) -> int:
    last = pb.WatchJobResponse()
    try:
        async with asyncio.timeout(asked.timeout):
            async for last in client.watch(job_id):
                screen.progress(last)
    except (asyncio.CancelledError, TimeoutError) as stopped:
        screen.say(f"{words.GOES_ON}: snapasset watch {job_id}, or snapasset cancel {job_id}")
        if isinstance(stopped, TimeoutError):
            text = f"The job has not ended after {asked.timeout:g} s."
            raise SnapAssetError(text, code=TIMEOUT) from None
        raise
    if last.status != "completed":
        why = f": {last.error.message}" if last.HasField("error") else ""
        screen.say(f"{words.ENDED.format(status=last.status)}{why}")
        return JOB_NOT_COMPLETED
    if asked.output is None:
        show_images(screen, last.result.images)
    else:
        await save_all(client, screen, last.result.images, asked.output, job_id)
    for failure in last.result.failures:
        screen.say(f"{words.MISSING.format(what=_what(failure))}: {failure.error.message}")
    return JOB_NOT_COMPLETED if last.result.failures else DONE


def _what(failure: pb.JobFailure) -> str:
    return failure.platform or words.MASTER.format(number=failure.master)


async def show(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Show all that is known about a job or a generation."""
    if forms.is_job_id(asked.id):
        job = await client.get_job(asked.id)
        screen.message(job, *_job_lines(job))
        return DONE
    found = await client.get_generation(asked.id, user_id=owner(asked))
    facts = [
        ("Generation", found.generation_id),
        ("Job", found.job_id),
        ("Prompt", found.prompt),
        ("Model", found.model),
        ("Created", time_of(found.created_at)),
    ]
    screen.message(found, *table(facts), *image_lines(found.images))
    return DONE


def _job_lines(job: pb.GetJobResponse) -> list[str]:
    facts = [
        ("Job", job.job_id),
        ("Status", f"{job.status}, {job.progress}%"),
        ("Message", job.message),
        ("Prompt", job.data.prompt),
        ("Platforms", ", ".join(job.data.platforms)),
        ("Created", time_of(job.created_at)),
        ("Attempts", str(job.attempts)),
    ]
    times = (
        ("Begun", job.HasField("processed_at"), job.processed_at),
        ("Ended", job.HasField("finished_at"), job.finished_at),
        ("Tried again", job.HasField("next_run_at"), job.next_run_at),
    )
    facts += [(name, time_of(stamp)) for name, there, stamp in times if there]
    if job.HasField("error"):
        facts.append(("Error", f"{job.error.message} ({job.error.code})"))
    facts += [
        ("Missing", f"{_what(one)}: {one.error.message} ({one.error.code})")
        for one in job.result.failures
    ]
    logs = [("Log", line) for line in job.logs]
    return [*table([*facts, *logs]), *image_lines(job.result.images)]


async def list_jobs(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List jobs."""
    found = client.jobs(
        status=asked.status,
        user_id=owner(asked),
        created_after=asked.after,
        created_before=asked.before,
        platform=asked.platform,
        sort="oldest" if asked.oldest_first else "",
    )
    jobs = await first(asked.limit, found)
    rows = [
        (job.job_id, job.status, f"{job.progress}%", time_of(job.created_at), _about(job))
        for job in jobs
    ]
    show_list(screen, jobs, rows, words.NO_JOBS)
    return DONE


def _about(job: pb.JobSummary) -> str:
    """Return the prompt, and why the job failed if it did."""
    why = f" ({job.error.code})" if job.HasField("error") else ""
    return f"{one_line(job.prompt)}{why}"


async def retry(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Retry a job."""
    answer = await client.retry_job(asked.job_id, buy_again=asked.buy_again)
    screen.message(answer, answer.message)
    return DONE


async def cancel(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Cancel a job."""
    answer = await client.cancel_job(asked.job_id)
    screen.message(answer, answer.message)
    return DONE
