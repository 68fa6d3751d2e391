"""What agents are told: facts as JSON, links to the images, and what to do about an error."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from google.protobuf.message import Message
from mcp.server.mcpserver.exceptions import ToolError
from snapasset.gateway.v1 import generations_pb2 as gen
from snapasset.gateway.v1 import jobs_pb2 as pb

from ..cli.screen import as_json
from ..errors import JobFailed, SnapAssetError


@asynccontextmanager
async def told_errors() -> AsyncIterator[None]:
    """Turn a refusal into an error that says what to change."""
    try:
        yield
    except SnapAssetError as error:
        raise ToolError(_words(error)) from error


_WITHOUT_IMAGES = ("failed", "cancelled")

_PARAMETERS = (
    (re.compile(r"options\.format"), "image_format"),
    (re.compile(r"options\.focalPoint\.(\w+)"), r"focal_\1"),
    (re.compile(r"options\.(\w+)"), r"\1"),
    (re.compile(r"renditions(\[\d+\])\.platform"), r"platforms\1"),
)
"""What the tools call the fields that the API names."""


def _parameter(field: str) -> str:
    for form, name in _PARAMETERS:
        if found := form.fullmatch(field):
            return found.expand(name)
    return field


def _words(error: SnapAssetError) -> str:
    words = [f"{error.code}: {error.message}"]
    words += [f"Change `{_parameter(one.field)}`: it {one.message}." for one in error.fields]
    if error.retry_after_seconds is not None:
        words.append(f"Try again in {error.retry_after_seconds:.0f} seconds.")
    if isinstance(error, JobFailed) and error.event.HasField("error"):
        again = "may help" if error.event.error.retryable else "will not help"
        words.append(f"Job {error.event.job_id} has ended; trying the same again {again}.")
    return "\n".join(words)


def job_text(job: pb.GetJobResponse) -> str:
    """Return what matters about a job."""
    shown: dict[str, Any] = {
        "jobId": job.job_id,
        "status": job.status,
        "progress": job.progress,
        "message": job.message,
        "prompt": job.data.prompt,
    }
    if job.HasField("error"):
        shown["error"] = {"code": job.error.code, "message": job.error.message}
    if job.status == "failed":
        again = "may help" if job.error.retryable else "will not help: change the order first"
        shown["next"] = f"Ordering the same again {again}."
    if job.HasField("result"):
        shown["generationId"] = job.result.generation_id
        shown["images"] = images_shown(job.result.images)
    elif job.status not in _WITHOUT_IMAGES:
        shown["next"] = "It has not ended. Call look_at_job with this jobId later."
    return _text(shown)


def history_text(found: Sequence[gen.Generation]) -> str:
    """Return what matters about generations."""
    return _text(
        [
            {
                "generationId": one.generation_id,
                "createdAt": one.created_at.ToJsonString(),
                "prompt": one.prompt,
                "images": images_shown(one.images),
            }
            for one in found
        ]
    )


def list_text(messages: Sequence[Message], *names: str) -> str:
    """Return these fields of each message, by their names in JSON."""
    rows = [json.loads(as_json(message)) for message in messages]
    return _text([{name: row[name] for name in names if name in row} for row in rows])


def images_shown(images: Sequence[pb.JobImage]) -> list[dict[str, Any]]:
    """Return where images are, and their sizes."""
    return [
        {"platform": one.platform_id, "url": one.url, "width": one.width, "height": one.height}
        for one in images
    ]


def _text(shown: object) -> str:
    return json.dumps(shown, ensure_ascii=False, indent=1)
