"""Which rpc is open to whom: one table, and the interceptor that applies it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from enum import Enum, auto

from services.common.errors import Unauthorized
from services.common.interceptors import Context
from services.gateway.auth import Caller, TokenVerifier


class Access(Enum):
    """Who may call an rpc."""

    EVERYBODY = auto()
    CALLER = auto()
    """Anybody with valid credentials; ownership is checked where the thing is read."""
    ADMIN = auto()
    WATCHER = auto()
    """A caller, or whoever knows the 128 random bits of the job's id: a browser's EventSource
    cannot send a header."""


_V1 = "/snapasset.gateway.v1."
_OPEN_PREFIXES = ("/grpc.health.v1.Health/", "/grpc.reflection.")

ACCESS: dict[str, Access] = {
    f"{_V1}JobService/CreateJob": Access.CALLER,
    f"{_V1}JobService/GetJob": Access.CALLER,
    f"{_V1}JobService/ListJobs": Access.CALLER,
    f"{_V1}JobService/WatchJob": Access.WATCHER,
    f"{_V1}JobService/RetryJob": Access.CALLER,
    f"{_V1}JobService/CancelJob": Access.CALLER,
    f"{_V1}QueueService/GetQueueStats": Access.CALLER,
    f"{_V1}QueueService/CleanQueue": Access.ADMIN,
    f"{_V1}QueueService/PauseQueue": Access.ADMIN,
    f"{_V1}QueueService/ResumeQueue": Access.ADMIN,
    f"{_V1}GenerationService/ListGenerations": Access.CALLER,
    f"{_V1}GenerationService/GetGeneration": Access.CALLER,
    f"{_V1}GenerationService/DeleteGeneration": Access.CALLER,
    f"{_V1}SiteService/GetImage": Access.EVERYBODY,
    f"{_V1}SiteService/GetHealth": Access.EVERYBODY,
    f"{_V1}SiteService/GetApiIndex": Access.EVERYBODY,
    f"{_V1}SiteService/ListPlatforms": Access.EVERYBODY,
    f"{_V1}SiteService/GetPage": Access.EVERYBODY,
}
"""Every rpc of the gateway; one that is missing here is closed to all."""

_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller:
    """Return who is calling the rpc at hand. Raises Unauthorized when nobody is known."""
    known = _caller.get()
    if known is None:
        raise Unauthorized("This needs a token: send `Authorization: Bearer <token>`.")
    return known


def maybe_caller() -> Caller | None:
    """Return who is calling, None when no credentials were sent."""
    return _caller.get()


class AccessControl:
    """Knows the caller before an rpc begins."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Verify credentials and apply the table. Raises Unauthorized, Forbidden."""
        if not method.startswith(_OPEN_PREFIXES):
            access = ACCESS.get(method, Access.ADMIN)
            sent = dict(ctx.invocation_metadata() or ()).get("authorization")
            known = None
            if sent and access is not Access.EVERYBODY:
                known = self._verifier.verify(str(sent))
            _caller.set(known)
            if access in (Access.CALLER, Access.ADMIN):
                caller()
            if access is Access.ADMIN:
                caller().must_be_admin()
        yield
