"""Who may call which service: with mutual TLS, a certificate from our authority is not enough."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from services.common.errors import Forbidden
from services.common.interceptors import Around, Context

logger = logging.getLogger(__name__)

CALLERS: Mapping[str, frozenset[str]] = {
    "snapasset.gateway.v1": frozenset({"envoy"}),
    "snapasset.generator.v1": frozenset({"worker"}),
    "snapasset.resizer.v1": frozenset({"gateway", "worker"}),
    "snapasset.storage.v1": frozenset({"gateway", "worker"}),
}
"""The callers of each contract's package, by name; the NetworkPolicies are equally strict."""

_FOR_ANY_CERTIFICATE = ("/grpc.health.v1.Health/", "/grpc.reflection.")
"""Health and reflection: the gateway asks every service for its health."""

_NAMES = ("peer_dns", "peer_uri")
"""What gRPC calls the names in a certificate that identify a caller: host names, SPIFFE ids."""


def known_callers(allowed: Collection[str]) -> Around:
    """Return a layer that refuses every caller whose certificate names none of `allowed`.

    When `allowed` is empty, the table above decides; an rpc outside it is refused to everybody.
    """

    @asynccontextmanager
    async def around(ctx: Context, method: str) -> AsyncIterator[None]:
        if not method.startswith(_FOR_ANY_CERTIFICATE):
            names = _names(ctx)
            package = method[1:].partition("/")[0].rpartition(".")[0]
            if names.isdisjoint(allowed or CALLERS.get(package, ())):
                logger.warning(
                    "%s may not be called with the certificate of %s", method, sorted(names)
                )
                raise Forbidden("The caller's certificate names no service that may call this one.")
        yield

    return around


def _names(ctx: Context) -> set[str]:
    found = ctx.auth_context()
    return {name.decode(errors="replace") for key in _NAMES for name in found.get(key, ())}
