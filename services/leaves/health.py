"""Asks a leaf for its health, by the gRPC health protocol."""

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


async def is_serving(channel: grpc.aio.Channel, timeout_seconds: float) -> bool | None:
    """Return whether the service at `channel` is serving; None when it does not answer."""
    stub = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
    try:
        reply = await stub.Check(
            health_pb2.HealthCheckRequest(), timeout=timeout_seconds, wait_for_ready=False
        )
    except grpc.aio.AioRpcError:
        return None
    return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)
