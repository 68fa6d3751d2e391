"""Decides whether an HTTP call was charged, as far as its status or failure shows."""

from collections.abc import Collection

import httpx2

from services.common.charge import Charge

STATUSES: tuple[tuple[Collection[int], Charge], ...] = (
    (range(200, 300), Charge.CHARGED),
    (range(300, 400), Charge.NOT_CHARGED),
    ((408, 409, 499), Charge.UNKNOWN),
    (range(400, 500), Charge.NOT_CHARGED),
    (range(500, 600), Charge.UNKNOWN),
)
"""By the status of a complete answer. Proxies send 408 and 499 when a server is too slow; 409 means
that the same purchase is under way."""

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
"""By kind of failure: if no request was sent, nothing can have been charged."""


def charge_of_status(status: int) -> Charge:
    """Return whether a complete answer of this status was charged."""
    return next((charge for statuses, charge in STATUSES if status in statuses), Charge.UNKNOWN)


def charge_of_fault(fault: BaseException | None) -> Charge:
    """Return whether a call that ended in this exception of the HTTP client may be charged."""
    return next((charge for kind, charge in FAULTS if isinstance(fault, kind)), Charge.UNKNOWN)
