"""Opens the API process: its connections, its servicers, and what stands around their calls."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import grpc

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.ending import end
from services.common.interceptors import AroundInterceptor
from services.common.serve import Registration, registration
from services.common.telemetry import Telemetry
from services.gateway.access.control import AccessControl, caller
from services.gateway.access.metadata import ClientAddresses
from services.gateway.access.opening import open_credentials
from services.gateway.access.under_way import UnderWay
from services.gateway.acknowledging import Acknowledging
from services.gateway.connections import connected
from services.gateway.events.lost_jobs import LostJobs
from services.gateway.headers import gather_headers, send_headers
from services.gateway.lingering import LingerInterceptor
from services.gateway.outage import admit_outage
from services.gateway.queue_metrics import QueueCollector
from services.gateway.rest_errors import speak_rest
from services.gateway.rest_paths import Paths
from services.gateway.servicers import servicers
from services.gateway.settings import GatewaySettings
from services.gateway.wiring import Wiring
from services.jobs.replication import Replication


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What a server needs to be the gateway; see `serve`."""

    registrations: Sequence[Registration]
    arounds: Sequence[grpc.aio.ServerInterceptor]
    draining: Callable[[], None]


@asynccontextmanager
async def open_gateway(
    settings: GatewaySettings, telemetry: Telemetry | None = None
) -> AsyncIterator[Parts]:
    """Open the connections, listen for changes, and close all of it with the block."""
    contracts = read_contracts(descriptor_file().read_bytes())
    registry = (telemetry or Telemetry()).registry
    async with connected(settings) as connections:
        parts = Wiring(settings, contracts, connections, registry)
        served = [registration(servicer) for servicer in servicers(parts)]
        arounds = _arounds(parts)
        listening = asyncio.create_task(parts.hub.run())
        looking = asyncio.create_task(LostJobs(parts.hub, parts.reader).watch())
        measured = QueueCollector(connections.async_redis, parts.figures, parts.hub)
        registry.register(measured)
        try:
            yield Parts(registrations=served, arounds=arounds, draining=parts.hub.close)
        finally:
            registry.unregister(measured)
            await end([listening, looking])


def _arounds(parts: Wiring) -> Sequence[grpc.aio.ServerInterceptor]:
    """Return the interceptors, the outermost first."""
    settings, rpcs = parts.settings, parts.contracts.rpcs
    endpoints = {rpc.method: rpc.endpoint for rpc in rpcs}
    addresses = ClientAddresses(settings.proxy_networks)
    access = AccessControl(endpoints, open_credentials(settings), parts.limits, addresses)
    downloads = UnderWay(
        most=settings.downloads_per_address,
        client=addresses.of,
        refusal="Your address has {most} downloads under way. Please finish them first.",
    )
    arriving = UnderWay(
        most=settings.uploads_per_caller,
        client=lambda ctx: caller().subject,
        refusal="You have {most} uploads under way. Please finish them first.",
    )
    acknowledging = Acknowledging(
        Replication(parts.connections.async_redis, settings.redis_replicas)
    )
    changing = {rpc.method for rpc in rpcs if any(one.method != "get" for one in rpc.bindings)}
    return (
        AroundInterceptor(
            gather_headers(endpoints),
            speak_rest,
            admit_outage,
            Paths(parts.contracts).around,
            before_response=send_headers,
        ),
        LingerInterceptor(),
        AroundInterceptor(access.around),
        AroundInterceptor(downloads.around, methods={rpc.method for rpc in rpcs if rpc.downloads}),
        AroundInterceptor(arriving.around, methods={rpc.method for rpc in rpcs if rpc.uploads}),
        AroundInterceptor(
            acknowledging.around, methods=changing if settings.redis_replicas else ()
        ),
    )
