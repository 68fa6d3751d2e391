"""Makes one call to a webhook: bounded in time, following nothing, reading no more than the headers
of the answer."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import httpx2

from services.common.text import printable, shortened
from services.common.web.public_only import AddressRefused

_LOCATION_CHARACTERS = 300


class CallKind(StrEnum):
    """What became of a call."""

    TAKEN = "taken"
    GONE = "gone"
    REDIRECT = "redirect"
    REFUSED = "refused"
    SILENT = "silent"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookAnswer:
    """What a webhook answered, and after how long; `text` says it to its owner."""

    kind: CallKind
    text: str
    seconds: float = 0.0
    status: int | None = None


class Poster:
    """Calls webhooks over `transport`, which decides which addresses may be called.

    A transport rather than a client: it keeps no cookies, follows no redirects and heeds no proxies
    of the environment.
    """

    def __init__(self, transport: httpx2.AsyncBaseTransport, timeout_seconds: float) -> None:
        self._transport = transport
        self._seconds = timeout_seconds

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> WebhookAnswer:
        """Send a message. Raises nothing but on cancellation."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                kind, text, status = await self._status(url, headers, body)
        except TimeoutError:
            kind, text, status = CallKind.SILENT, f"gave no answer within {self._seconds:g} s", None
        except (httpx2.TransportError, httpx2.InvalidURL, ValueError) as error:
            kind, text = _fault(error)
            status = None
        return WebhookAnswer(kind=kind, text=text, seconds=time.monotonic() - began, status=status)

    async def _status(
        self, url: str, headers: Mapping[str, str], body: str
    ) -> tuple[CallKind, str, int]:
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        request = httpx2.Request(
            "POST",
            url,
            headers=dict(headers),
            content=body.encode(),
            extensions={"timeout": timeout},
        )
        response = await self._transport.handle_async_request(request)
        try:
            return *_meaning(response), response.status_code
        finally:
            await response.aclose()


def _meaning(response: httpx2.Response) -> tuple[CallKind, str]:
    status = response.status_code
    if response.is_success:
        return CallKind.TAKEN, f"answered {status}"
    if status == httpx2.codes.GONE:
        return CallKind.GONE, "answered 410 Gone, so it is told nothing more"
    if location := response.headers.get("location") if response.is_redirect else None:
        where = shortened(printable(location), _LOCATION_CHARACTERS)
        return CallKind.REDIRECT, f"answered {status}, a redirect to {where}, which is not followed"
    return CallKind.REFUSED, f"answered {status}"


_FAULTS: tuple[tuple[type[Exception], CallKind, str], ...] = (
    (
        AddressRefused,
        CallKind.FORBIDDEN,
        "is not called: its host has an address that is not public",
    ),
    (httpx2.TimeoutException, CallKind.SILENT, "gave no answer in time"),
    (
        ssl.SSLCertVerificationError,
        CallKind.UNREACHABLE,
        "has no certificate for its name that we trust",
    ),
    (ssl.SSLError, CallKind.UNREACHABLE, "does not speak TLS, or no version that we do"),
    (httpx2.ConnectError, CallKind.UNREACHABLE, "could not be reached"),
    (httpx2.RemoteProtocolError, CallKind.UNREACHABLE, "gave an answer that is not HTTP"),
    (httpx2.TransportError, CallKind.UNREACHABLE, "closed the connection without an answer"),
    (Exception, CallKind.FORBIDDEN, "is not called: it is not a valid address"),
)
"""What an exception of the HTTP client, or one that caused it, means; the first match counts."""


def _fault(error: BaseException) -> tuple[CallKind, str]:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    return next(
        (kind, text)
        for fault, kind, text in _FAULTS
        if any(isinstance(one, fault) for one in causes)
    )
