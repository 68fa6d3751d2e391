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
"""Names of faults that mean that the server has not started, whatever the status."""

REFUSALS: tuple[type[AppError], ...] = (
    ModerationBlocked,
    ModelUnavailable,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
)
"""Errors in a successful answer that mean that nothing was begun, unless an image was shown."""


def charge_of_answer(status: int, said: Complaint) -> Charge:
    """Return whether a complete answer of this status was charged."""
    if not NOT_PROCESSED.isdisjoint(said.names):
        return Charge.NOT_CHARGED
    return charge_of_status(status)


def charge_of_error(error: AppError, said: Complaint, *, shown: bool) -> Charge:
    """Return whether an error in a successful answer was charged; `shown`: images came first."""
    begun = shown or (not isinstance(error, REFUSALS) and NOT_PROCESSED.isdisjoint(said.names))
    return Charge.UNKNOWN if begun else Charge.NOT_CHARGED
