"""An HTTP client that bounds the size of answers and follows no redirect."""

import re
import ssl
from collections.abc import AsyncIterator

import httpx2

from services.common.refusal import CannotStart

MAX_ERROR_BYTES = 1024 * 1024
"""How much of an error answer is read: what matters is at its beginning."""

ENCODING = "snapasset.encoding"
"""The extension of a response that holds its content-encoding, where it came with one."""


UNKNOWN_TYPE = "application/octet-stream"

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")


class AnswerTooLarge(ValueError):
    """The peer sent more than was allowed."""


def bounded_client(
    max_answer_bytes: int,
    timeout: httpx2.Timeout,
    transport: httpx2.AsyncBaseTransport | None = None,
    *,
    tls: ssl.SSLContext | None = None,
) -> httpx2.AsyncClient:
    """Return a client that follows no redirect, and neither requests nor decodes compression.

    A small answer that is compressed twice unpacks to gigabytes, so an answer that is encoded all
    the same is read as it came. Reading more than `max_answer_bytes` of a good answer raises
    AnswerTooLarge; an error answer ends after MAX_ERROR_BYTES. `tls` is whom it trusts.

    Raises CannotStart if the environment names an invalid proxy.
    """

    async def bound(response: httpx2.Response) -> None:
        encoding = response.headers.pop("content-encoding", "identity").strip().lower()
        if encoding != "identity":
            response.extensions[ENCODING] = encoding
        if isinstance(response.stream, httpx2.AsyncByteStream):
            good = response.is_success
            most = max_answer_bytes if good else MAX_ERROR_BYTES
            response.stream = _Bounded(response.stream, most, cut=not good)

    try:
        return httpx2.AsyncClient(
            timeout=timeout,
            transport=transport,
            verify=tls or True,
            limits=httpx2.Limits(max_connections=None),  # the service's own slots limit them
            follow_redirects=False,
            headers={"accept-encoding": "identity"},
            event_hooks={"response": [bound]},
        )
    except (ValueError, httpx2.InvalidURL) as error:
        raise CannotStart(
            "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY is not the address of a proxy; give http://, "
            "https://, socks5:// or socks5h://host:port"
        ) from error


def media_type(response: httpx2.Response) -> str:
    """Return the media type of what a response of `bounded_client` holds, in its usual spelling."""
    if encoding := response.extensions.get(ENCODING):
        return "application/gzip" if encoding in ("gzip", "x-gzip") else UNKNOWN_TYPE
    named = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return named if _MEDIA_TYPE.fullmatch(named) else UNKNOWN_TYPE


class _Bounded(httpx2.AsyncByteStream):
    """At most `max_bytes` of a stream; after that it ends, or raises AnswerTooLarge."""

    def __init__(self, stream: httpx2.AsyncByteStream, max_bytes: int, *, cut: bool) -> None:
        self._stream = stream
        self._left = max_bytes
        self._cut = cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            if len(part) > self._left:
                if not self._cut:
                    raise AnswerTooLarge("the answer exceeds its limit")
                yield part[: self._left]
                return
            self._left -= len(part)
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
