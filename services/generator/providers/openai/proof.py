"""Finds out, without paying, whether an unknown server streams images."""

from collections.abc import Mapping

import httpx2

_MARKS = ("openai-version", "openai-processing-ms", "x-snapasset-standin")
"""Headers of OpenAI itself, also through a transparent proxy, and of our stand-in."""

_SECONDS = 5.0


class Proof:
    """Whether a server has proven that it streams; `known` where it needs no proof.

    A server that can't stream may paint, and charge, before it says so: we never just try.
    """

    def __init__(self, client: httpx2.AsyncClient, base_url: str, known: bool | None) -> None:
        self._client = client
        self._url = f"{base_url.rstrip('/')}/models"
        self._streams = known

    async def streams(self, key_headers: Mapping[str, str]) -> bool:
        """Return whether a stream may be requested. The first call asks for the list of models."""
        if self._streams is None:
            self._streams = await self._shown(key_headers)
        return bool(self._streams)

    async def _shown(self, key_headers: Mapping[str, str]) -> bool | None:
        """Return what the list of models shows, or None for a fault that may pass."""
        try:
            async with self._client.stream(
                "GET", self._url, headers=key_headers, timeout=_SECONDS
            ) as response:
                shown = any(mark in response.headers for mark in _MARKS)
                return shown or (None if response.is_server_error else False)
        except httpx2.ReadTimeout:
            return False  # it would delay every purchase
        except httpx2.HTTPError:
            return None

    def streamed(self) -> None:
        """Note that the server has answered with a stream."""
        self._streams = True
