"""A separate port for probes: the kubelet speaks no TLS, and the worker serves nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from services.common.process_settings import ProcessSettings
from services.common.refusal import CannotStart


@asynccontextmanager
async def answering_probes(
    settings: ProcessSettings, health: HealthServicer
) -> AsyncIterator[None]:
    """Serve `health` on HEALTH_PORT for the length of the block. Raises CannotStart."""
    if not settings.health_port:
        yield
        return
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    health_pb2_grpc.add_HealthServicer_to_server(health, server)  # type: ignore[no-untyped-call]
    address = f"{settings.host}:{settings.health_port}"
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise CannotStart(
            f"{address} cannot be bound; stop the program that holds it or set another HEALTH_PORT"
        ) from error
    await server.start()
    try:
        yield
    finally:
        await server.stop(None)


@asynccontextmanager
async def healthy(settings: ProcessSettings) -> AsyncIterator[None]:
    """Report this process as alive for the length of the block: for one without a server."""
    health = HealthServicer()
    await health.set("", health_pb2.HealthCheckResponse.SERVING)
    async with answering_probes(settings, health):
        yield
