"""A gateway that notes what it is asked: every rpc of some contracts, as real ones transcode."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from services.common.contracts import Contracts, Rpc
from services.common.descriptor_set import read_contracts
from services.common.interceptors import AroundInterceptor
from services.common.process_settings import ServerSettings
from services.common.serve import running
from services.gateway.rest_paths import Paths


class EchoGateway(grpc.GenericRpcHandler):
    """Answers every rpc with an empty message; `asked` is the last request of each."""

    def __init__(self, descriptor_set: bytes) -> None:
        self.contracts: Contracts = read_contracts(descriptor_set)
        self.asked: dict[str, Message] = {}
        self._rpcs = {rpc.method: rpc for rpc in self.contracts.rpcs}
        self._pool = DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(descriptor_set).file:
            self._pool.Add(file)

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        """Return the handler of a rpc of the contracts."""
        rpc = self._rpcs.get(details.method)
        if rpc is None:
            return None
        read = self._message(rpc.request).FromString
        if rpc.streams:
            return grpc.unary_stream_rpc_method_handler(self._stream(rpc), read)
        return grpc.unary_unary_rpc_method_handler(self._unary(rpc), read)

    def _message(self, name: str) -> Any:
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))

    def _unary(self, rpc: Rpc) -> Callable[..., Any]:
        async def call(request: Message, context: Any) -> bytes:
            self.asked[rpc.method] = request
            return b""

        return call

    def _stream(self, rpc: Rpc) -> Callable[..., Any]:
        async def call(request: Message, context: Any) -> AsyncIterator[bytes]:
            self.asked[rpc.method] = request
            yield b""

        return call


@asynccontextmanager
async def running_echo(echo: EchoGateway) -> AsyncIterator[int]:
    """Serve for the length of the block; gives the port."""

    def add(handler: EchoGateway, server: grpc.aio.Server) -> None:
        server.add_generic_rpc_handlers((handler,))

    settings = ServerSettings(drain_seconds=0, grace_seconds=0)
    async with running(
        settings, 0, [(add, echo)], [AroundInterceptor(Paths(echo.contracts).around)]
    ) as port:
        yield port
