"""What people are told when a provider fails; the provider's own words go to the log."""

from collections.abc import Callable, Mapping

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

_NONE: Mapping[type[AppError], str] = {}

Failure = Callable[[type[AppError]], AppError]
"""Makes the error of a kind, with its message for people."""


def failure_of(
    api: str, *, models: str, key: str, own: Mapping[type[AppError], str] = _NONE
) -> Failure:
    """Return what makes the errors of `api`, its name at the beginning of a sentence.

    `models` and `key` are the settings that its operator must look at. `own` has messages that
    are right for this API alone.
    """
    within = api.replace("The ", "the ", 1)
    messages: Mapping[type[AppError], str] = {
        ModerationBlocked: "The image model's safety system refused this prompt. "
        "Please word it differently.",
        ProviderQuotaExceeded: f"The account at {within} has no credit left. "
        "Its operator must top it up.",
        ModelUnavailable: f"{api} does not know this image model. "
        f"The operator must set {models} to a current one.",
        ProviderKeyRejected: f"{api} did not accept our key. The operator must check {key}.",
        ProviderRateLimited: f"{api} asks us to slow down. Please try again later.",
        ProviderUnavailable: f"{api} does not answer just now. Please try again.",
        ProviderRejectedRequest: f"{api} refused the request as invalid. "
        "Please change the prompt or the options.",
        ProviderBadAnswer: f"{api} was paid and answered without an image that can be read. "
        "The answer is kept.",
    }
    return lambda kind: kind(own.get(kind, messages[kind]))
