"""Downloads the image that an OpenAI-compatible server answers with as a URL."""

import asyncio

import httpx2

from services.common.errors import ProviderBadAnswer, ProviderUnavailable
from services.generator.web.client import AnswerTooLarge

_TRIES = 3


class Downloads:
    """Downloads images from https addresses, or from where the image API itself is.

    The image is paid for by then, so a download that fails for a passing cause is repeated.
    """

    def __init__(
        self, client: httpx2.AsyncClient, base_url: str, *, pause_seconds: float = 0.5
    ) -> None:
        self._client = client
        self._origin = httpx2.URL(base_url).origin
        self._pause_seconds = pause_seconds

    async def fetch(self, address: str) -> bytes:
        """Return what `address` holds.

        Raises ProviderBadAnswer for an address that is not allowed, redirects or refuses, and
        ProviderUnavailable when it does not answer.
        """
        url = self._allowed(address)
        for attempt in range(_TRIES):
            await asyncio.sleep(attempt * self._pause_seconds)
            try:
                response = await self._client.get(url)
            except httpx2.TransportError:
                continue
            except AnswerTooLarge as error:
                raise ProviderBadAnswer("The image API sent too large an image.") from error
            if response.status_code == httpx2.codes.OK:
                return response.content
            if not response.is_server_error:
                raise ProviderBadAnswer("The image API gave an address that holds no image.")
        raise ProviderUnavailable("The image could not be downloaded from the image API.")

    def _allowed(self, address: str) -> httpx2.URL:
        try:
            url = httpx2.URL(address)
            if url.scheme == "https" or (url.scheme == "http" and url.origin == self._origin):
                return url
        except httpx2.InvalidURL:
            pass
        raise ProviderBadAnswer("The image API gave an address that is not safe to open.")
