"""The table that decides whether a call to an image API was charged."""

from services.common.charge import Charge
from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
)
from services.generator.providers.openai.complaints import Complaint
from services.generator.web.charges import charge_of_status

NOT_PROCESSED = frozenset(
    {
        "engineoverloaded",
        "enginecurrentlyoverloaded",
        "serveroverloaded",
        "overloadederror",
        "slowdown",
        "notprocessed",
    }
)
"""Names of faults by which a server says that it has not started, whatever the status."""

REFUSALS: tuple[type[AppError], ...] = (
    ModerationBlocked,
    ModelUnavailable,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
)
"""Errors inside of a good answer that say that nothing was begun, as long as nothing was shown."""


def charge_of_answer(status: int, said: Complaint) -> Charge:
    """Return whether an answer of this status, which came whole, was charged."""
    if not NOT_PROCESSED.isdisjoint(said.names):
        return Charge.NOT_CHARGED
    return charge_of_status(status)


def charge_of_error(error: AppError, said: Complaint, *, shown: bool) -> Charge:
    """Return whether an error object in a good answer was charged; `shown`: images came before."""
    begun = shown or (not isinstance(error, REFUSALS) and NOT_PROCESSED.isdisjoint(said.names))
    return Charge.UNKNOWN if begun else Charge.NOT_CHARGED
