"""Maps everything that goes wrong at fal to one of our errors."""

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

KINDS: Mapping[str, type[AppError]] = {
    "content_policy_violation": ModerationBlocked,
    "no_media_generated": ModerationBlocked,
}
"""By the `type` of a detail: the error reference of fal's documentation."""

STATUSES: tuple[tuple[Collection[int], type[AppError]], ...] = (
    ((402,), ProviderQuotaExceeded),
    ((401, 403), ProviderKeyRejected),
    ((404,), ModelUnavailable),
    ((429,), ProviderRateLimited),
    ((408, 409, 499, *range(500, 600)), ProviderUnavailable),
    (range(300, 500), ProviderRejectedRequest),
)
"""By HTTP status, for answers that name no kind."""

_LOCKED = ("exhausted balance", "user is locked")
"""What fal says, with a 403, when an account has no credit left."""

_MOST_WORDS = 2000

failure = failure_of("fal", models="FAL_IMAGE_MODELS", key="FAL_KEY")


def refusal(status: int, said: Any, headers: Mapping[str, str]) -> CallFailed:
    """Return the error that an answer means, by its status, its JSON and its headers."""
    kinds, words = words_of(said)
    kind = next((KINDS[name] for name in kinds if name in KINDS), None)
    if kind is None and any(text in words.lower() for text in _LOCKED):
        kind = ProviderQuotaExceeded
    kind = kind or next((one for codes, one in STATUSES if status in codes), ProviderUnavailable)
    error = failure(kind)
    if error.retryable:
        error.retry_after_seconds = wait_seconds(headers, words)
    charge = Charge.NOT_CHARGED if kind is ModerationBlocked else charge_of_status(status)
    return CallFailed(error, charge)


def words_of(said: Any) -> tuple[list[str], str]:
    """Return the kinds that an error answer names, and all of its text."""
    detail = said.get("detail", said.get("error")) if isinstance(said, Mapping) else None
    rows = detail if isinstance(detail, list) else [detail]
    kinds, words = [], []
    for row in rows[:10]:
        if isinstance(row, Mapping):
            kinds.append(tame(row.get("type"), 100))
            words.append(tame(row.get("msg"), _MOST_WORDS))
        else:
            words.append(tame(row, _MOST_WORDS))
    if isinstance(said, Mapping):
        kinds.append(tame(said.get("error_type"), 100))
    return kinds, " ".join(words)[:_MOST_WORDS]
