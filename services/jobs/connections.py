"""Connections to Redis, with timeouts and retries set once for both processes.

Behind Sentinels, each new connection asks them for the primary first, and a connection whose server
has become a replica is given up: so clients follow a failover by themselves.
"""

from collections.abc import Mapping
from typing import Any

from redis import Redis, __version__
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import MasterNotFoundError as AsyncMasterNotFoundError
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.asyncio.sentinel import SentinelConnectionPool as AsyncSentinelConnectionPool
from redis.backoff import ExponentialWithJitterBackoff
from redis.driver_info import DriverInfo
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool

from services.jobs.redis_address import Login, SentinelAddress, sentinel_address

# A packet that opens a connection is sent again after one second if it was lost (RFC 6298).
_CONNECT_SECONDS, _ANSWER_SECONDS = 1.5, 2.5
_CONNECTIONS = 64
_DRIVER = DriverInfo(lib_version=__version__)
"""What Redis is told of us; left to itself, each connection reads it from the package's files."""
_NO_PRIMARY = "No Sentinel knows a live primary of {}"
_BACKOFF = ExponentialWithJitterBackoff(base=0.05, cap=0.5)
_RETRIES = 1
"""So a caller waits for a frozen Redis at most three times the seconds above: for an answer, then
twice for the handshake of a new connection. With redis-py's health checks, which retry on their
own, it would be five times; a stale connection fails at once and is replaced."""


class _Sentinels(Sentinel):
    """Sentinels whose silence is told in a few words, not by how each of them was called."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Return the primary's address. Raises MasterNotFoundError."""
        try:
            found: tuple[str, int] = super().discover_master(service_name)  # type: ignore[no-untyped-call]
        except MasterNotFoundError:
            raise MasterNotFoundError(_NO_PRIMARY.format(service_name)) from None
        return found


class _AsyncSentinels(AsyncSentinel):
    """The same for asyncio."""

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        """Return the primary's address. Raises MasterNotFoundError."""
        try:
            found: tuple[str, int] = await super().discover_master(service_name)
        except AsyncMasterNotFoundError:
            raise AsyncMasterNotFoundError(_NO_PRIMARY.format(service_name)) from None
        return found


class _PrimaryPool(AsyncSentinelConnectionPool, BlockingConnectionPool):
    """Connections to the primary, for which callers wait when all are in use."""

    async def aclose(self) -> None:
        """Close them, and those to the Sentinels."""
        await super().aclose()
        await self.sentinel_manager.aclose()


def open_redis(url: str) -> Redis:
    """Open a sync connection pool, for RQ and for moves; replies are bytes."""
    told = _times(Retry(_BACKOFF, _RETRIES))
    address = sentinel_address(url)
    if address is None:
        return Redis.from_url(url, **told)
    sentinels = _Sentinels(  # type: ignore[no-untyped-call]
        address.sentinels, sentinel_kwargs=_of_sentinels(address) | told
    )
    pool = SentinelConnectionPool(  # type: ignore[no-untyped-call]
        address.service, sentinels, **_of_servers(address), **told
    )
    return Redis.from_pool(pool)


def open_async_redis(url: str) -> AsyncRedis:
    """Open an asyncio connection pool; replies are bytes. Callers wait for a free connection."""
    told = _times(AsyncRetry(_BACKOFF, _RETRIES))
    bounds = {"max_connections": _CONNECTIONS, "timeout": _ANSWER_SECONDS}
    address = sentinel_address(url)
    if address is None:
        return AsyncRedis.from_pool(BlockingConnectionPool.from_url(url, **bounds, **told))
    sentinels = _AsyncSentinels(  # type: ignore[no-untyped-call]
        address.sentinels, sentinel_kwargs=_of_sentinels(address) | told
    )
    pool = _PrimaryPool(  # type: ignore[no-untyped-call]
        address.service, sentinels, **_of_servers(address), **bounds, **told
    )
    return AsyncRedis.from_pool(pool)


def _times(retry: object) -> dict[str, Any]:
    return {
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": _ANSWER_SECONDS,
        "retry": retry,
        "driver_info": _DRIVER,
    }


def _of_sentinels(address: SentinelAddress) -> dict[str, Any]:
    return {"ssl": address.tls, **_credentials(address.sentinel_login)}


def _of_servers(address: SentinelAddress) -> dict[str, Any]:
    return {"ssl": address.tls, "db": address.db, **_credentials(address.login)}


def _credentials(login: Login) -> Mapping[str, str | None]:
    return {"username": login.username, "password": login.password}
