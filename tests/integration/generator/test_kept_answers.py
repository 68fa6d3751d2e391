"""An answer that was paid for and cannot be read is handed over, and read again later."""

import hashlib
import json
from typing import Any, cast

import grpc
import pytest
from snapasset.generator.v1 import generator_pb2 as pb
from snapasset.generator.v1.generator_pb2_grpc import GeneratorServiceStub

from services.common.errors import AppError, InvalidRequest, ProviderBadAnswer
from services.common.rpc_errors import from_rpc
from tests.integration.generator.serving import generate, generator, image_of
from tests.servers.openai_api import base64_of, openai_api, picture, whole


async def test_what_was_paid_for_and_cannot_be_read_is_handed_over_and_read_again() -> None:
    answer = {"data": [{"b64_json": base64_of(picture())}]}
    unreadable = whole({"b64_json": base64_of(b"no image")})
    async with openai_api(unreadable) as api, generator(api.base_url) as stub:
        responses, error = await generate(stub)
        assert isinstance(error, ProviderBadAnswer)
        call = next(r.call for r in responses if r.HasField("call"))
        assert (call.charge, call.cost_micros) == (pb.CHARGE_CHARGED, 12 * 5 + 1056 * 30)
        header = next(r.raw_answer for r in responses if r.HasField("raw_answer"))
        assert image_of(responses) == unreadable.body
        assert header.size_bytes == len(unreadable.body)
        assert header.sha256 == hashlib.sha256(unreadable.body).hexdigest()
        assert (header.provider, header.content_type) == ("openai", "application/json")
        assert isinstance(await read_again(stub, header, unreadable.body), ProviderBadAnswer)

        fixed = json.dumps(answer).encode()
        header.size_bytes = len(fixed)
        parts = await read_again(stub, header, fixed)
        assert not isinstance(parts, AppError)
        assert b"".join(part.chunk for part in parts) == picture()
        assert (parts[0].header.model, parts[0].header.width) == ("gpt-image-2", 64)
        assert parts[0].header.revised_prompt == header.prompt == "A lighthouse"
        assert len(api.bodies) == 1


@pytest.mark.parametrize("size_bytes", [3, 5])
async def test_a_kept_answer_of_another_length_is_refused(size_bytes: int) -> None:
    async with openai_api() as api, generator(api.base_url) as stub:
        header = pb.RawAnswer(provider="openai", size_bytes=size_bytes)
        assert isinstance(await read_again(stub, header, b"four"), InvalidRequest)


async def read_again(
    stub: GeneratorServiceStub, header: pb.RawAnswer, data: bytes
) -> list[pb.ReadAnswerResponse] | AppError:
    """Return what ReadAnswer streams, or how it fails."""
    parts = [pb.ReadAnswerRequest(header=header), pb.ReadAnswerRequest(chunk=data)]
    try:
        return [part async for part in cast(Any, stub.ReadAnswer(iter(parts), timeout=10))]
    except grpc.aio.AioRpcError as failure:
        return from_rpc(failure, "generator")
