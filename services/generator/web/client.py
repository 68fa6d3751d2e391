"""An HTTP client whose answers cannot grow without bound, nor lead elsewhere."""

from collections.abc import AsyncIterator

import httpx2


class AnswerTooLarge(ValueError):
    """The peer sent more than was allowed."""


def bounded_client(max_answer_bytes: int, timeout: httpx2.Timeout) -> httpx2.AsyncClient:
    """Return a client that follows no redirect and asks for no compression.

    Reading more than `max_answer_bytes` of one answer raises AnswerTooLarge.
    """

    async def bound(response: httpx2.Response) -> None:
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream, max_answer_bytes)

    return httpx2.AsyncClient(
        timeout=timeout,
        limits=httpx2.Limits(max_connections=None),  # the slots of the service bound them
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [bound]},
    )


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, max_bytes: int) -> None:
        self._stream = stream
        self._left = max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._left -= len(part)
            if self._left < 0:
                raise AnswerTooLarge("the answer exceeds its limit")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
