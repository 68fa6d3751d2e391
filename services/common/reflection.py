"""Server reflection, by which tools such as grpcurl read the contracts from a running server."""

from collections.abc import Sequence
from typing import Any

import grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha._async import ReflectionServicer

from services.common.contracts import REFLECTION_SERVICES


def offer_reflection(server: grpc.aio.Server, names: Sequence[str]) -> None:
    """Let `server` tell what the services of these names look like."""
    offered = [*names, *REFLECTION_SERVICES]
    servicer: Any = ReflectionServicer(offered)  # type: ignore[no-untyped-call]
    method = grpc.stream_stream_rpc_method_handler(
        servicer.ServerReflectionInfo,
        request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
        response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
    )
    for service in REFLECTION_SERVICES:
        handler = grpc.method_handlers_generic_handler(service, {"ServerReflectionInfo": method})
        server.add_generic_rpc_handlers([handler])
