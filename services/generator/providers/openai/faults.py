"""The table of everything that goes wrong at an image API, and the error of ours it means."""

import logging
import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import openai

from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)

logger = logging.getLogger(__name__)

MAX_RETRY_AFTER_SECONDS = 900.0
"""A provider that asks for a longer pause is asked again after this one."""


class Rule(NamedTuple):
    """A fault with one of these HTTP statuses, or whose `code` or `type` is among `names`."""

    error: type[AppError]
    statuses: Collection[int]
    names: Collection[str]


RULES = (
    Rule(
        ModerationBlocked,
        (),
        ("moderation_blocked", "content_policy_violation", "content_filter"),
    ),
    Rule(ProviderQuotaExceeded, (402,), ("insufficient_quota", "billing_hard_limit_reached")),
    Rule(ModelUnavailable, (), ("model_not_found",)),
    Rule(ProviderKeyRejected, (401, 403), ("invalid_api_key",)),
    Rule(ProviderRateLimited, (429,), ("rate_limit_exceeded",)),
    Rule(ProviderUnavailable, (408, 409, *range(500, 600)), ("server_error",)),
    Rule(
        ProviderRejectedRequest,
        range(300, 500),
        ("invalid_request_error", "image_generation_user_error"),
    ),
    Rule(ProviderUnavailable, (), ()),
)
"""The first rule that fits is taken, or else the last. The names are those of OpenAI and Azure."""

MESSAGES = {
    ModerationBlocked: "The image model's safety system refused this prompt. "
    "Please word it differently.",
    ProviderQuotaExceeded: "The account at the image API has no credit left. "
    "Its operator must top it up.",
    ModelUnavailable: "No configured image model exists any more. "
    "The operator must set IMAGE_MODELS to a current one.",
    ProviderKeyRejected: "The image API did not accept our key, or not for this model. "
    "The operator must check OPENAI_API_KEY and what its organization may use.",
    ProviderRateLimited: "The image API asks us to slow down. Please try again later.",
    ProviderUnavailable: "The image API does not answer just now. Please try again.",
    ProviderRejectedRequest: "The image API refused the request as invalid. Please change the "
    "prompt or the options; if that does not help, the operator must check OPENAI_BASE_URL.",
    ProviderBadAnswer: "The image API answered without a usable image. Please try again.",
}
"""What people read; what the provider said goes to the log."""


def error_of(fault: Exception) -> AppError:
    """Return what an exception of the SDK or of its HTTP client means; log what it said."""
    if isinstance(fault, openai.APIStatusError):
        said = {"code": fault.code, "type": fault.type, "param": fault.param}
        error = error_in({**said, "message": fault.message}, fault.status_code)
        if error.retryable:
            error.retry_after_seconds = retry_after_seconds(fault.response.headers)
        return error
    if isinstance(fault, openai.APIError) and isinstance(fault.body, Mapping):
        return error_in(fault.body)
    logger.warning("The call to the image API failed: %r from %r", fault, fault.__cause__)
    unreadable = isinstance(fault, ValueError)
    return failure(ProviderBadAnswer if unreadable else ProviderUnavailable)


def error_in(said: Mapping[str, object], status: int | None = None) -> AppError:
    """Return what an error object of the image API means; log what it said.

    There is no `status` when it came inside of a successful answer.
    """
    logger.warning(
        "The image API reported a fault",
        extra={
            "status": status,
            "provider_code": said.get("code"),
            "provider_message": str(said.get("message"))[:500],
        },
    )
    names = {str(said.get("code")), str(said.get("type"))}
    if said.get("param") == "model":  # how the image API answers a name it has never known
        names.add("model_not_found")
    fitting = (r for r in RULES if status in r.statuses or not names.isdisjoint(r.names))
    return failure(next(fitting, RULES[-1]).error)


def failure(kind: type[AppError]) -> AppError:
    """Return the error of this kind with its message for people."""
    return kind(MESSAGES[kind])


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Return how long to wait by the Retry-After header: seconds or an HTTP date, capped."""
    text = headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    if math.isnan(seconds) or seconds < 0:
        return None
    return min(seconds, MAX_RETRY_AFTER_SECONDS)
