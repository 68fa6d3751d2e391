"""Connections to Redis, with timeouts and retries set once for both processes."""

from redis import Redis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

_CONNECT_SECONDS, _ANSWER_SECONDS = 1.0, 2.5
_CONNECTIONS = 64
_BACKOFF = ExponentialWithJitterBackoff(base=0.05, cap=0.5)
_RETRIES = 1
"""So a caller waits for a frozen Redis at most three times the seconds above: for an answer, then
twice for the handshake of a new connection. With redis-py's health checks, which retry on their
own, it would be five times; a stale connection fails at once and is replaced."""


def open_redis(url: str) -> Redis:
    """Open a sync connection pool, for RQ and for moves; replies are bytes."""
    return Redis.from_url(
        url,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        retry=Retry(_BACKOFF, _RETRIES),
    )


def open_async_redis(url: str) -> AsyncRedis:
    """Open an asyncio connection pool; replies are bytes. Callers wait for a free connection."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        retry=AsyncRetry(_BACKOFF, _RETRIES),
    )
    return AsyncRedis.from_pool(pool)
