"""Who may call which rpc: the interceptor that applies what the contracts say."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar

from snapasset.options.v1.methods_pb2 import Access, Endpoint

from services.common import context
from services.common.errors import Forbidden, Unauthorized
from services.common.interceptors import Context
from services.common.keys import USER_ID
from services.gateway.access.caller import Caller, Scope
from services.gateway.access.credentials import Credentials
from services.gateway.access.limits import Limits
from services.gateway.access.metadata import ClientAddresses

_NEEDED = {
    Access.ACCESS_WATCHER: Scope.JOBS,
    Access.ACCESS_JOBS: Scope.JOBS,
    Access.ACCESS_ADMIN: Scope.ADMIN,
}
_OPEN = (Access.ACCESS_EVERYBODY, Access.ACCESS_WATCHER)
_OPEN_PREFIXES = ("/grpc.health.v1.Health/", "/grpc.reflection.")

_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def caller() -> Caller:
    """Return the caller of the current rpc. Raises Unauthorized when it is unknown."""
    known = _caller.get()
    if known is None:
        raise Unauthorized("Send a token as `Authorization: Bearer <token>`, or an X-API-Key.")
    return known


def maybe_caller() -> Caller | None:
    """Return who is calling, None when no credentials were sent."""
    return _caller.get()


class AccessControl:
    """Identifies the caller of an rpc, counts the call, and refuses those who may not make it."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        credentials: Credentials,
        limits: Limits,
        addresses: ClientAddresses,
    ) -> None:
        """`endpoints` are by method; a method without one is closed to everybody."""
        self._endpoints = endpoints
        self._credentials = credentials
        self._limits = limits
        self._addresses = addresses

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Raises Unauthorized, Forbidden, RateLimitExceeded."""
        if not method.startswith(_OPEN_PREFIXES):
            await self._admit(ctx, method)
        yield

    async def _admit(self, ctx: Context, method: str) -> None:
        endpoint = self._endpoints.get(method)
        if endpoint is None:
            raise Forbidden("Nobody may call this.")
        known = await self._counted(ctx, endpoint)
        _caller.set(known)
        if endpoint.access not in _OPEN:
            caller()
        if known and endpoint.access in _NEEDED:
            known.must_have(_NEEDED[endpoint.access])

    async def _counted(self, ctx: Context, endpoint: Endpoint) -> Caller | None:
        """Return the caller; count it, or the address of one that is not known."""
        known = None
        try:
            if endpoint.access != Access.ACCESS_EVERYBODY:
                known = await self._credentials.caller(ctx)
        except Unauthorized:
            await self._limits.count_request(self._address(ctx))
            raise
        if endpoint.counted:
            await self._count(ctx, known)
        return known

    async def _count(self, ctx: Context, known: Caller | None) -> None:
        if known is None:
            await self._limits.count_request(self._address(ctx))
            return
        owner = _user_named()
        await self._limits.count_request(
            known.subject_for(owner), known.limits.requests, known.sharing_for(owner)
        )

    def _address(self, ctx: Context) -> str:
        return f"address:{self._addresses.of(ctx)}"


def _user_named() -> str:
    """Return the user whom the current request names, "" for none."""
    text = getattr(context.request.get(), "user_id", "")
    return text if isinstance(text, str) and USER_ID.fullmatch(text) else ""
