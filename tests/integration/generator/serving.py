"""The generator on a free port, and what one rpc of it streams."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
from snapasset.generator.v1 import generator_pb2 as pb
from snapasset.generator.v1.generator_pb2_grpc import (
    GeneratorServiceStub,
    add_GeneratorServiceServicer_to_server,
)

from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.serve import listening
from services.common.errors import AppError
from services.common.rpc_errors import from_rpc
from services.common.serve import running
from services.common.settings import load
from services.generator.__main__ import open_service
from services.generator.settings import GeneratorSettings

TARGETS = [pb.TargetShape(width=1080, height=1080), pb.TargetShape(width=1080, height=1920)]


@asynccontextmanager
async def served(base_url: str, **more: str) -> AsyncIterator[tuple[GeneratorSettings, int]]:
    """Run the generator on a free port, and give its settings, `more` among them, and the port."""
    known = {
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": base_url,
        "IMAGE_API_PROFILE": "openai",
        "IMAGE_MODELS": "gpt-image-2",
        "DRAIN_SECONDS": "0",
        "GRACE_SECONDS": "5",
    }
    settings = load(GeneratorSettings, {**known, **more})
    async with open_service(settings) as service:
        added = [(add_GeneratorServiceServicer_to_server, service)]
        async with running(settings, 0, added) as port:
            yield settings, port


@asynccontextmanager
async def generator(base_url: str, **more: str) -> AsyncIterator[GeneratorServiceStub]:
    """Run the generator on a free port and give a stub of it; `more` are settings."""
    async with (
        served(base_url, **more) as (_, port),
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        yield GeneratorServiceStub(channel)


@asynccontextmanager
async def standin(ledger: Ledger) -> AsyncIterator[str]:
    """Run the stand-in image API and give its base URL."""
    app = build_app(ledger, {"care": "low"}, lambda *_, **__: None)
    async with listening(app, "127.0.0.1", 0) as address:
        yield f"{address}/v1"


async def generate(
    stub: GeneratorServiceStub, seconds: float = 30, **request: Any
) -> tuple[list[pb.GenerateResponse], AppError | None]:
    """Return all that one rpc streams, and the error that it ends with."""
    responses: list[pb.GenerateResponse] = []
    try:
        async for response in call_of(stub, seconds, **request):
            responses.append(response)  # not as a list at once: what came before an error counts
    except grpc.aio.AioRpcError as failure:
        return responses, from_rpc(failure, "generator")
    return responses, None


def call_of(stub: GeneratorServiceStub, seconds: float = 30, **request: Any) -> Any:
    """Begin a purchase."""
    wanted = pb.GenerateRequest(**{"prompt": "A lighthouse", **request})
    return stub.Generate(wanted, timeout=seconds)


def kinds(responses: list[pb.GenerateResponse]) -> list[str]:
    """Return which events came, in order, each run of one kind once."""
    found = [response.WhichOneof("event") or "" for response in responses]
    return [kind for index, kind in enumerate(found) if [kind] != found[index - 1 : index]]


def image_of(responses: list[pb.GenerateResponse]) -> bytes:
    return b"".join(response.chunk for response in responses)
