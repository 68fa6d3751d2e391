"""In development, tools read the contracts from the public port; buf and grpcurl do the same."""

from typing import Any

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2

from deploy.local.stack import Stack
from services.common.contracts import REFLECTION_SERVICES

ASKED = reflection_pb2.ServerReflectionRequest


@pytest.mark.parametrize("service", REFLECTION_SERVICES)
async def test_the_services_are_listed_while_the_stream_is_open(stack: Stack, service: str) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{stack.port}") as channel:
        ask = channel.stream_stream(
            f"/{service}/ServerReflectionInfo",
            request_serializer=ASKED.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        call: Any = ask(timeout=10)
        await call.write(ASKED(list_services="*"))
        answer = await call.read()
        await call.write(ASKED(file_containing_symbol="google.rpc.ErrorInfo"))
        details = await call.read()
        await call.done_writing()
    names = {one.name for one in answer.list_services_response.service}
    assert {"snapasset.gateway.v1.JobService", *REFLECTION_SERVICES} <= names
    assert details.file_descriptor_response.file_descriptor_proto
