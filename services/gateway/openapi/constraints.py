"""What the contracts say in words only, as JSON Schema, taken from the code that checks it."""

from collections.abc import Mapping
from typing import Any

from services.common.keys import USER_ID
from services.common.platforms import PLATFORMS
from services.gateway.api import requests
from services.gateway.api.usage_service import MONTH
from services.jobs.values import JOB_ID, Status

# A prompt is counted without the white space around it, so there are two characters that are no
# white space with at least all but two of the least number between them.
_TEXT = r"[^\x00-\x08\x0b\x0c\x0e-\x1f]"
_INK = r"[^\s\x00-\x1f]"
_PROMPT = rf"^{_TEXT}*{_INK}{_TEXT}{{{requests.MIN_PROMPT - 2},}}{_INK}{_TEXT}*$"

_JOB_ID = {
    "pattern": f"^{JOB_ID.pattern}$",
    "examples": ["gen-1763870400000-0123456789abcdef0123456789abcdef"],
}
_GENERATION_ID = {"format": "uuid", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
_STATES = [status.value for status in Status]
_ENDED = [status.value for status in Status if status.ended]
_STATUS = {"enum": _STATES}
_PROGRESS = {"minimum": 0, "maximum": 100}
_FRACTION = {"minimum": 0, "maximum": 1, "examples": [0.5]}
_PLATFORM = {"enum": list(PLATFORMS)}
_LIMIT = {"minimum": 1, "maximum": requests.MAX_PAGE, "default": requests.USUAL_PAGE}
_KEY = "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"
_IMAGE = "user-123/01932d4e-7f00-7abc-8def-0123456789ab/instagram-post-1080x1080.jpg"
_CURSOR = {"examples": [""]}

_USER_ID = {"pattern": f"^{USER_ID.pattern}$", "examples": ["user-123"]}
_WHOSE = {"pattern": f"^({USER_ID.pattern})?$"}

CONSTRAINTS: Mapping[str, Mapping[str, Any]] = {
    "CreateJobRequest.user_id": _USER_ID,
    "CreateJobRequest.prompt": {
        "pattern": _PROMPT,
        "minLength": requests.MIN_PROMPT,
        "maxLength": requests.MAX_PROMPT,
        "examples": ["A lighthouse in a storm"],
    },
    "CreateJobRequest.platforms": {
        "items": {"type": "string", **_PLATFORM},
        "minItems": 1,
        "maxItems": requests.MAX_PLATFORMS,
        "uniqueItems": True,
        "examples": [["instagram-post", "twitter-post"]],
    },
    **{
        f"JobOptions.{name}": {"enum": list(values), "examples": [values[0]]}
        for name, values in requests.OPTIONS.items()
    },
    "FocalPoint.x": _FRACTION,
    "FocalPoint.y": _FRACTION,
    "CreateJobResponse.job_id": _JOB_ID,
    "CreateJobResponse.status": {"const": "queued"},
    "GetJobRequest.job_id": _JOB_ID,
    "GetJobResponse.job_id": _JOB_ID,
    "GetJobResponse.status": _STATUS,
    "GetJobResponse.progress": _PROGRESS,
    "ListJobsRequest.status": {"enum": [*_STATES, ""]},
    "ListJobsRequest.limit": _LIMIT,
    "ListJobsRequest.cursor": _CURSOR,
    "ListJobsRequest.user_id": _WHOSE,
    "ListJobsResponse.status": {"enum": [*_STATES, "all"]},
    "JobSummary.job_id": _JOB_ID,
    "JobSummary.status": _STATUS,
    "JobSummary.progress": _PROGRESS,
    "JobImage.platform_id": {"examples": ["instagram-post"]},
    "JobImage.url": {"format": "uri"},
    "WatchJobRequest.job_id": _JOB_ID,
    "WatchJobResponse.type": {
        "enum": ["connected", "status", "progress", "preview", "heartbeat", "done"]
    },
    "WatchJobResponse.job_id": _JOB_ID,
    "WatchJobResponse.status": _STATUS,
    "WatchJobResponse.progress": _PROGRESS,
    "RetryJobRequest.job_id": _JOB_ID,
    "RetryJobResponse.job_id": _JOB_ID,
    "RetryJobResponse.status": {"const": "retrying"},
    "CancelJobRequest.job_id": _JOB_ID,
    "CancelJobResponse.job_id": _JOB_ID,
    "CancelJobResponse.status": {"const": "cancelled"},
    "ListGenerationsRequest.limit": _LIMIT,
    "ListGenerationsRequest.cursor": _CURSOR,
    "ListGenerationsRequest.user_id": _WHOSE,
    "GetGenerationRequest.user_id": _WHOSE,
    "DeleteGenerationRequest.user_id": _WHOSE,
    "Generation.generation_id": _GENERATION_ID,
    "Generation.job_id": _JOB_ID,
    "GetGenerationRequest.generation_id": _GENERATION_ID,
    "DeleteGenerationRequest.generation_id": _GENERATION_ID,
    "DeleteGenerationResponse.generation_id": _GENERATION_ID,
    "GetUsageRequest.month": {"pattern": f"^({MONTH.pattern})?$", "examples": ["2026-11"]},
    "GetUsageRequest.user_id": _WHOSE,
    "GetUsageResponse.month": {"pattern": f"^{MONTH.pattern}$"},
    "DeleteUserDataRequest.user_id": _USER_ID,
    "CleanQueueRequest.grace": {"minimum": 0, "default": 0, "examples": [86_400_000]},
    "CleanQueueRequest.status": {"enum": [*_ENDED, ""], "default": Status.COMPLETED.value},
    "CleanQueueResponse.status": {"enum": _ENDED},
    "PauseQueueResponse.paused": {"const": True},
    "ResumeQueueResponse.paused": {"const": False},
    "GetHealthResponse.status": {"enum": ["ok", "degraded"]},
    "ComponentHealth.status": {"enum": ["up", "down"]},
    "Platform.id": _PLATFORM,
    "GetImageRequest.path": {"pattern": _KEY, "examples": [_IMAGE]},
    "GetPageRequest.path": {"examples": ["openapi.json"]},
    "GetStudioFileRequest.path": {"examples": ["studio.js"]},
}
"""Keywords of JSON Schema by message and field. An empty text counts as absent."""

REQUIRED: Mapping[str, tuple[str, ...]] = {"CreateJobRequest": ("user_id", "prompt", "platforms")}
"""The fields that a request can't do without."""
