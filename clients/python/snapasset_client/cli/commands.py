"""What each command does, as one function a command; returns the exit code."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from snapasset.gateway.v1 import jobs_pb2 as pb

from .. import forms, words
from ..client import SnapAsset
from ..errors import BAD_ANSWER, TIMEOUT, SnapAssetError
from .images import images_of, save_all, show_images
from .screen import Screen, counted, one_line, table

DONE, JOB_NOT_COMPLETED = 0, 3

_WORDS = ("quality", "style", "format", "crop", "masters")
"""The options of a job that are one word."""

Command = Callable[[SnapAsset, argparse.Namespace, Screen], Awaitable[int]]
Row = TypeVar("Row", bound=Message)


async def create(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Create a job, follow it and save its images."""
    created = await client.create_job(order_of(asked))
    # Before it is shown: what is shown is copied into a shell.
    job_id = forms.job_id(created.job_id)
    about = words.ABOUT.format(time=created.estimated_time)
    screen.message(created, f"Job {job_id}, {about}")
    if asked.detach:
        return DONE
    return await _follow(client, job_id, screen, asked)


def order_of(asked: argparse.Namespace) -> pb.CreateJobRequest:
    """Return the job that was typed."""
    typed = {name: getattr(asked, name) for name in _WORDS}
    options = pb.JobOptions(**{name: word for name, word in typed.items() if word})
    if asked.focal_point:
        options.focal_point.x, options.focal_point.y = asked.focal_point
    return pb.CreateJobRequest(
        user_id=asked.user, prompt=asked.prompt, platforms=asked.platform, options=options
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
    return DONE


async def list_jobs(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List jobs."""
    jobs = await _first(asked.limit, client.jobs(status=asked.status, user_id=_others(asked)))
    rows = [
        (job.job_id, job.status, f"{job.progress}%", _time(job.created_at), one_line(job.prompt))
        for job in jobs
    ]
    return _list(screen, jobs, rows, words.NO_JOBS)


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


async def stats(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Count jobs."""
    counts = await client.queue_stats()
    rows = [(name, f"{getattr(counts, name):>6}") for name in words.STATES]
    paused = [words.PAUSED] if counts.paused else []
    screen.message(counts, *table(rows), *paused)
    return DONE


async def history(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List generations."""
    found = await _first(asked.limit, client.generations(user_id=_others(asked)))
    rows = [
        (
            one.generation_id,
            counted(len(one.images), "image"),
            _time(one.created_at),
            one_line(one.prompt),
        )
        for one in found
    ]
    return _list(screen, found, rows, words.NO_HISTORY)


async def download(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Save images of some jobs and generations, or of all."""
    if asked.all:
        async for one in client.generations(user_id=_others(asked)):
            name = forms.generation_id(one.generation_id)
            await save_all(client, screen, one.images, asked.output, name)
    for name in asked.ids:
        images = await images_of(client, name, _others(asked))
        await save_all(client, screen, images, asked.output, name)
    return DONE


async def delete_user_data(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Delete everything of a user, in as many calls as it takes."""
    async for answer in client.delete_user_data(asked.user_id):
        jobs = counted(answer.deleted_jobs, "job")
        generations = counted(answer.deleted_generations, "generation")
        files = counted(answer.deleted_files, "file")
        screen.message(answer, f"Deleted {jobs}, {generations} and {files}.")
    screen.say(f"Nothing is left of {asked.user_id}.")
    return DONE


async def platforms(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """List platforms."""
    found = await client.platforms()
    rows = [(one.id, one.name, f"{one.width} x {one.height}") for one in found]
    return _list(screen, found, rows, words.NO_PLATFORMS)


COMMANDS: Mapping[str, Command] = {
    "create": create,
    "watch": watch,
    "list": list_jobs,
    "retry": retry,
    "cancel": cancel,
    "stats": stats,
    "history": history,
    "download": download,
    "delete-user-data": delete_user_data,
    "platforms": platforms,
}


def _list(
    screen: Screen, found: Sequence[Message], rows: Sequence[Sequence[str]], nothing: str
) -> int:
    for message, line in zip(found, table(rows), strict=True):
        screen.message(message, line)
    if not found:
        screen.say(nothing)
    return DONE


async def _first(limit: int, found: AsyncIterator[Row]) -> list[Row]:
    rows: list[Row] = []
    async for row in found:
        rows.append(row)
        if len(rows) == limit:
            break
    return rows


def _others(asked: argparse.Namespace) -> str:
    """An API key has no jobs of its own; a token's owner is known to the API."""
    return asked.user if asked.api_key else ""


def _time(stamp: Timestamp) -> str:
    try:
        return f"{stamp.ToDatetime():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError) as error:
        raise SnapAssetError("The answer has a time beyond all years.", code=BAD_ANSWER) from error
