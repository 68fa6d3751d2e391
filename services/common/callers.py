"""Who may call which service: with mutual TLS a certificate of our authority is not enough."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from services.common.errors import Forbidden
from services.common.interceptors import Around, Context

logger = logging.getLogger(__name__)

CALLERS: Mapping[str, frozenset[str]] = {
    "snapasset.gateway.v1": frozenset({"envoy"}),
    "snapasset.generator.v1": frozenset({"worker"}),
    "snapasset.resizer.v1": frozenset({"worker"}),
    "snapasset.storage.v1": frozenset({"gateway", "worker"}),
}
"""The package of a contract, and the names of those who call it; NetworkPolicies are as strict."""

_FOR_ANY_CERTIFICATE = ("/grpc.health.v1.Health/", "/grpc.reflection.v1alpha.")
"""How a server is and what it offers: the gateway asks for the health of all."""

_NAMES = ("peer_dns", "peer_uri")
"""What gRPC calls the names in a certificate that count: a host's, and a SPIFFE id's."""


def known_callers(allowed: Collection[str]) -> Around:
    """Return what refuses every caller whose certificate names none of `allowed`.

    When `allowed` is empty, the table above tells. An rpc outside of it is refused to everybody.
    """

    @asynccontextmanager
    async def around(ctx: Context, method: str) -> AsyncIterator[None]:
        if not method.startswith(_FOR_ANY_CERTIFICATE):
            names = _names(ctx)
            package = method[1:].partition("/")[0].rpartition(".")[0]
            if names.isdisjoint(allowed or CALLERS.get(package, ())):
                logger.warning("%s is not for the certificate of %s", method, sorted(names))
                raise Forbidden("The caller's certificate is not that of a service that may call.")
        yield

    return around


def _names(ctx: Context) -> set[str]:
    found = ctx.auth_context()
    return {name.decode(errors="replace") for key in _NAMES for name in found.get(key, ())}
