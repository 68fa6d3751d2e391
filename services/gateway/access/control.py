"""Which rpc is open to whom: one table, and the interceptor that applies it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from enum import Enum, auto

from services.common.errors import Forbidden, Unauthorized
from services.common.interceptors import Context
from services.gateway.access.caller import Caller, Scope
from services.gateway.access.credentials import Credentials
from services.gateway.access.limits import Limits
from services.gateway.access.metadata import ClientAddresses


class Access(Enum):
    """Who may call an rpc."""

    FREE = auto()
    """Everybody, as often as they like: what browsers and probes load by themselves."""
    EVERYBODY = auto()
    WATCHER = auto()
    """Whoever may see the job, has its ticket or, where none is demanded, knows the 128 random
    bits of its id: a browser's EventSource cannot send a header."""
    CALLER = auto()
    """Anybody with valid credentials."""
    JOBS = auto()
    """Callers with the scope `jobs`; ownership is checked where the thing is read."""
    ADMIN = auto()


_NEEDED = {Access.WATCHER: Scope.JOBS, Access.JOBS: Scope.JOBS, Access.ADMIN: Scope.ADMIN}
_OPEN = (Access.FREE, Access.EVERYBODY, Access.WATCHER)
_V1 = "/snapasset.gateway.v1."
_OPEN_PREFIXES = ("/grpc.health.v1.Health/", "/grpc.reflection.")

ACCESS: dict[str, Access] = {
    f"{_V1}JobService/CreateJob": Access.JOBS,
    f"{_V1}JobService/GetJob": Access.JOBS,
    f"{_V1}JobService/ListJobs": Access.JOBS,
    f"{_V1}JobService/WatchJob": Access.WATCHER,
    f"{_V1}JobService/RetryJob": Access.JOBS,
    f"{_V1}JobService/CancelJob": Access.JOBS,
    f"{_V1}QueueService/GetQueueStats": Access.CALLER,
    f"{_V1}QueueService/CleanQueue": Access.ADMIN,
    f"{_V1}QueueService/PauseQueue": Access.ADMIN,
    f"{_V1}QueueService/ResumeQueue": Access.ADMIN,
    f"{_V1}GenerationService/ListGenerations": Access.JOBS,
    f"{_V1}GenerationService/GetGeneration": Access.JOBS,
    f"{_V1}GenerationService/DeleteGeneration": Access.JOBS,
    f"{_V1}UsageService/GetUsage": Access.JOBS,
    f"{_V1}UserService/DeleteUserData": Access.ADMIN,
    f"{_V1}SiteService/GetHome": Access.FREE,
    f"{_V1}SiteService/GetStudioFile": Access.FREE,
    f"{_V1}SiteService/GetLocalToken": Access.FREE,
    f"{_V1}SiteService/GetImage": Access.FREE,
    f"{_V1}SiteService/GetHealth": Access.FREE,
    f"{_V1}SiteService/GetApiIndex": Access.EVERYBODY,
    f"{_V1}SiteService/ListPlatforms": Access.EVERYBODY,
    f"{_V1}SiteService/GetPage": Access.FREE,
}
"""Every rpc of the gateway; one that is missing here is closed to all."""

_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller:
    """Return who is calling the rpc at hand. Raises Unauthorized when nobody is known."""
    known = _caller.get()
    if known is None:
        raise Unauthorized("Send a token as `Authorization: Bearer <token>`, or an X-API-Key.")
    return known


def maybe_caller() -> Caller | None:
    """Return who is calling, None when no credentials were sent."""
    return _caller.get()


class AccessControl:
    """Before an rpc begins: knows the caller, counts the call, applies the table."""

    def __init__(
        self, credentials: Credentials, limits: Limits, addresses: ClientAddresses
    ) -> None:
        self._credentials = credentials
        self._limits = limits
        self._addresses = addresses

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Raises Unauthorized, Forbidden, RateLimitExceeded."""
        access = Access.FREE if method.startswith(_OPEN_PREFIXES) else ACCESS.get(method)
        if access is None:
            raise Forbidden("Nobody may call this.")
        if access is not Access.FREE:
            _caller.set(await self._counted(ctx, access))
        if access not in _OPEN:
            caller()
        if (known := maybe_caller()) and access in _NEEDED:
            known.must_have(_NEEDED[access])
        yield

    async def _counted(self, ctx: Context, access: Access) -> Caller | None:
        """Return the caller; count it, or the address of one that is not known."""
        known = None
        try:
            if access is not Access.EVERYBODY:
                known = await self._credentials.caller(ctx)
        except Unauthorized:
            await self._limits.count_request(self._address(ctx))
            raise
        await self._limits.count_request(known.subject if known else self._address(ctx))
        return known

    def _address(self, ctx: Context) -> str:
        return f"address:{self._addresses.of(ctx)}"
