"""The table that decides whether a call to an image API was charged."""

from collections.abc import Collection

import httpx2

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

STATUSES: tuple[tuple[Collection[int], Charge], ...] = (
    (range(200, 300), Charge.CHARGED),
    (range(300, 400), Charge.NOT_CHARGED),
    ((408, 409, 499), Charge.UNKNOWN),
    (range(400, 500), Charge.NOT_CHARGED),
    (range(500, 600), Charge.UNKNOWN),
)
"""By the status of a whole answer. 408 and 499 are what proxies say of a server that is too slow;
409, that the same purchase is under way."""

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
"""Names of faults by which a server says that it has not begun, whatever the status."""

FAULTS: tuple[tuple[type[Exception], Charge], ...] = (
    (httpx2.ConnectError, Charge.NOT_CHARGED),
    (httpx2.ConnectTimeout, Charge.NOT_CHARGED),
    (httpx2.PoolTimeout, Charge.NOT_CHARGED),
    (httpx2.ProxyError, Charge.NOT_CHARGED),
    (httpx2.UnsupportedProtocol, Charge.NOT_CHARGED),
    (httpx2.LocalProtocolError, Charge.NOT_CHARGED),
    (httpx2.InvalidURL, Charge.NOT_CHARGED),
    (Exception, Charge.UNKNOWN),
)
"""By what broke: as long as no request was sent, nothing can have been charged."""

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
    return next((charge for statuses, charge in STATUSES if status in statuses), Charge.UNKNOWN)


def charge_of_fault(fault: BaseException | None) -> Charge:
    """Return whether a call that ended in this exception of the HTTP client may be charged."""
    return next((charge for kind, charge in FAULTS if isinstance(fault, kind)), Charge.UNKNOWN)


def charge_of_error(error: AppError, said: Complaint, *, shown: bool) -> Charge:
    """Return whether an error object in a good answer was charged; `shown`: images came before."""
    begun = shown or (not isinstance(error, REFUSALS) and NOT_PROCESSED.isdisjoint(said.names))
    return Charge.UNKNOWN if begun else Charge.NOT_CHARGED
