"""The public keys that tokens are signed with, kept from a JWKS URL."""

import asyncio
import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.common.errors import Unavailable

logger = logging.getLogger(__name__)

FRESH_SECONDS = 600.0
"""A set of keys is fetched again after this time."""
AGAIN_SECONDS = 15.0
"""Shortest time between two fetches, whatever key ids we are sent and however the URL fails."""
KEPT_SECONDS = 24 * 3600.0
"""How long the last good set serves while the URL does not."""

_MAX_BYTES = 256 * 1024
_MIN_RSA_BITS = 2048
_ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}


class RemoteKeys:
    """Finds keys by id. All callers share one fetch."""

    def __init__(
        self,
        url: str,
        clock: Callable[[], float] = time.monotonic,
        *,
        fetch_seconds: float = 3.0,
    ) -> None:
        self._url = url
        self._clock = clock
        self._fetch_seconds = fetch_seconds
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key `kid`, None when there is none. Raises Unavailable if in doubt."""
        if self._clock() - self._fetched_at > FRESH_SECONDS or kid not in self._keys:
            await self._refresh()
        if key := self._keys.get(kid):
            return key
        if self._fetched_at < self._asked_at:
            raise Unavailable(
                "Your token cannot be checked just now. Please try again.",
                retry_after_seconds=AGAIN_SECONDS,
            )
        return None

    async def _refresh(self) -> None:
        if self._fetch is None or self._fetch.done():
            if self._clock() - self._asked_at < AGAIN_SECONDS:
                return
            self._fetch = asyncio.create_task(self._load())
        # A caller that goes away must not cancel the fetch for all others.
        await asyncio.shield(self._fetch)

    async def _load(self) -> None:
        self._asked_at = self._clock()
        try:
            async with asyncio.timeout(self._fetch_seconds):
                body = await asyncio.to_thread(_fetch, self._url, self._fetch_seconds)
            self._keys = _parse(body)
            self._fetched_at = self._asked_at
        except (OSError, ValueError, http.client.HTTPException) as error:
            logger.warning(
                "No keys could be read from the JWKS URL: %s", error or type(error).__name__
            )
            if self._clock() - self._fetched_at > KEPT_SECONDS:
                self._keys = {}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect: the trust lies in the URL itself."""


def _fetch(url: str, seconds: float) -> bytes:
    opener = urllib.request.build_opener(_NoRedirects)
    deadline = time.monotonic() + seconds
    body = b""
    try:
        opened = opener.open(url, timeout=seconds)
    except urllib.error.HTTPError as refused:
        refused.close()  # it is an answer, with a connection
        raise
    with opened as answer:
        while part := answer.read1(_MAX_BYTES):
            body += part
            if len(body) > _MAX_BYTES:
                raise ValueError("the answer is too long")
            if time.monotonic() > deadline:
                raise TimeoutError("the answer is too slow")
    return body


def _parse(body: bytes) -> Mapping[str, jwt.PyJWK]:
    """Return the keys that can sign tokens, by id. Raises ValueError when there is none."""
    try:
        listed = json.loads(body)["keys"]
        keys = {str(one["kid"]): key for one in listed if (key := _signing_key(one))}
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("the answer is not a JWKS") from error
    if not keys:
        raise ValueError("there is no usable key in the answer")
    return keys


def _signing_key(raw: Mapping[str, Any]) -> jwt.PyJWK | None:
    """Return a public key with its only algorithm. A secret in a public set is no key at all."""
    algorithm = _ALGORITHMS.get((str(raw.get("kty")), raw.get("crv")))
    usable = raw.get("kid") and raw.get("use", "sig") == "sig" and "d" not in raw
    if not algorithm or not usable or raw.get("alg", algorithm) != algorithm:
        return None
    try:
        key = jwt.PyJWK(dict(raw), algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    weak = isinstance(key.key, RSAPublicKey) and key.key.key_size < _MIN_RSA_BITS
    return None if weak else key
