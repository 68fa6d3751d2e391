"""Downloads an image for which the image API answered with an address."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import httpx2

from services.common.errors import ProviderBadAnswer
from services.common.web.public_only import AddressRefused
from services.generator.web.client import AnswerTooLarge

_TRIES = 3
_HOPS = 4
_PASSING = (404, 408, 409, 425, 429, *range(500, 600))
"""Passing faults: a paid image may take a moment to appear at its address."""

_LONGEST_PAUSE_SECONDS = 5.0


class Downloads:
    """Downloads images from where the image API itself is, with its key, and from public hosts.

    The image is paid for by then, so a download that fails for a passing reason is repeated.
    `own` reaches the API at `base_url`, whose `key_headers` go to its origin alone; `foreign` must
    connect to public addresses alone.
    """

    def __init__(
        self,
        own: httpx2.AsyncClient,
        foreign: httpx2.AsyncClient,
        base_url: str,
        key_headers: Mapping[str, str],
        *,
        pause_seconds: float = 0.5,
    ) -> None:
        self._own = own
        self._foreign = foreign
        self._base = httpx2.URL(base_url)
        self._key_headers = key_headers
        self._pause_seconds = pause_seconds

    async def fetch(self, address: str) -> bytes:
        """Return what `address` holds, which may be relative to that of the API.

        Raises ProviderBadAnswer for an address that is not allowed, too large, or refused to us.
        """
        url = self._joined(self._base, address)
        pause = 0.0
        for _ in range(_TRIES):
            await asyncio.sleep(pause)
            try:
                response = await self._follow(url)
            except AddressRefused as error:
                raise _unsafe() from error
            except httpx2.TransportError:
                pause = self._pause_seconds
                continue
            except AnswerTooLarge as error:
                raise ProviderBadAnswer("The image API sent too large an image.") from error
            if response.is_success:
                return response.content
            if response.status_code not in _PASSING:
                break
            pause = _asked_pause(response.headers, self._pause_seconds)
        raise ProviderBadAnswer(
            "The image API gave an address from which the image could not be downloaded."
        )

    async def _follow(self, url: httpx2.URL) -> httpx2.Response:
        """Return the answer at the end of all redirects, each of which must be allowed."""
        for _ in range(_HOPS):
            response = await self._get(url)
            if not response.has_redirect_location:
                return response
            url = self._joined(url, response.headers["location"])
        raise ProviderBadAnswer("The image API gave an address that redirects too many times.")

    async def _get(self, url: httpx2.URL) -> httpx2.Response:
        if url.origin == self._base.origin:
            return await self._own.get(url, headers=dict(self._key_headers))
        if url.scheme == "https":
            return await self._foreign.get(url)
        raise _unsafe()

    @staticmethod
    def _joined(base: httpx2.URL, address: str) -> httpx2.URL:
        try:
            url = base.join(address.strip())
        except (httpx2.InvalidURL, ValueError) as error:
            raise _unsafe() from error
        if not url.host or url.userinfo:
            raise _unsafe()
        return url


def _asked_pause(headers: Mapping[str, str], usual: float) -> float:
    with suppress(ValueError):
        return min(max(float(headers.get("retry-after", "")), usual), _LONGEST_PAUSE_SECONDS)
    return usual


def _unsafe() -> ProviderBadAnswer:
    return ProviderBadAnswer("The image API gave an address that is not safe to open.")
