"""Maps everything that goes wrong at the Gemini API to one of our errors."""

from collections.abc import Collection, Mapping
from typing import Any

from services.common.charge import Charge
from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.generator.providers.failures import failure_of
from services.generator.providers.port import CallFailed
from services.generator.web.charges import charge_of_status
from services.generator.web.spellings import tame
from services.generator.web.waits import wait_seconds

STATUSES: Mapping[str, type[AppError]] = {
    "INVALID_ARGUMENT": ProviderRejectedRequest,
    "FAILED_PRECONDITION": ProviderQuotaExceeded,
    "PERMISSION_DENIED": ProviderKeyRejected,
    "UNAUTHENTICATED": ProviderKeyRejected,
    "NOT_FOUND": ModelUnavailable,
    "RESOURCE_EXHAUSTED": ProviderRateLimited,
    "INTERNAL": ProviderUnavailable,
    "UNAVAILABLE": ProviderUnavailable,
    "DEADLINE_EXCEEDED": ProviderUnavailable,
}
"""By the `status` of an error answer, from the troubleshooting guide of the Gemini API."""

CODES: tuple[tuple[Collection[int], type[AppError]], ...] = (
    ((401, 403), ProviderKeyRejected),
    ((404,), ModelUnavailable),
    ((429,), ProviderRateLimited),
    ((408, 409, 499, *range(500, 600)), ProviderUnavailable),
    (range(300, 500), ProviderRejectedRequest),
)
"""By HTTP status, for answers that name no `status` of their own."""

REFUSED = frozenset(
    {
        "SAFETY",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "RECITATION",
        "JAILBREAK",
        "MODEL_ARMOR",
    }
)
"""Why a model refuses to paint: the values of FinishReason and BlockedReason in google-genai 3.6
that concern the content of the picture."""

_KEY_WORDS = "api key"

_MOST_WORDS = 2000

failure = failure_of(
    "The Gemini API",
    models="GOOGLE_IMAGE_MODELS",
    key="GOOGLE_API_KEY",
    own={
        ProviderQuotaExceeded: "The account at the Gemini API cannot be billed. "
        "Its operator must look at it.",
    },
)


def refusal(code: int, said: Any, headers: Mapping[str, str]) -> CallFailed:
    """Return the error that an answer means, by its HTTP status, its JSON and its headers."""
    status, words = words_of(said)
    kind = STATUSES.get(status) or next(
        (kind for codes, kind in CODES if code in codes), ProviderUnavailable
    )
    if kind is ProviderRejectedRequest and _KEY_WORDS in words.lower():
        kind = ProviderKeyRejected  # a malformed key is reported as an INVALID_ARGUMENT
    error = failure(kind)
    if error.retryable:
        error.retry_after_seconds = wait_seconds(headers, words)
    return CallFailed(error, charge_of_status(code))


def words_of(said: Any) -> tuple[str, str]:
    """Return the status that an error answer names, and all of its text."""
    error = said.get("error") if isinstance(said, Mapping) else None
    if not isinstance(error, Mapping):
        return "", ""
    details = error.get("details")
    delays = (
        f"retry in {tame(one['retryDelay'], 20)}"
        for one in (details if isinstance(details, list) else ())
        if isinstance(one, Mapping) and "retryDelay" in one
    )
    words = " ".join([tame(error.get("message"), _MOST_WORDS), *delays])
    return tame(error.get("status"), 100), words


def blocked() -> CallFailed:
    """Return the failure of a call whose prompt was refused before anything was painted."""
    return CallFailed(failure(ModerationBlocked), Charge.NOT_CHARGED)
