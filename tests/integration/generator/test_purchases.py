"""The generator over real gRPC and real HTTP, against a scripted image API."""

import asyncio
import hashlib
from io import BytesIO
from random import Random
from typing import Any, cast

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from PIL import Image
from snapasset.generator.v1 import generator_pb2 as pb

from services.common.errors import Busy, InvalidRequest, ProviderRateLimited, ProviderUnavailable
from services.common.rpc_errors import from_rpc
from tests.integration.generator.serving import (
    TARGETS,
    call_of,
    generate,
    generator,
    image_of,
    kinds,
)
from tests.servers.openai_api import (
    USAGE,
    Reply,
    completed_event,
    openai_api,
    partial_event,
    picture,
    refusal,
    streamed,
)


async def test_the_image_arrives_in_chunks_behind_the_facts_of_it() -> None:
    noise = Image.frombytes("RGB", (700, 700), Random(1).randbytes(700 * 700 * 3))  # noqa: S311
    file = BytesIO()
    noise.save(file, "PNG")
    data = file.getvalue()
    reply = streamed(partial_event(data), completed_event(data))
    async with openai_api(reply) as api, generator(api.base_url) as stub:
        responses, error = await generate(
            stub, targets=TARGETS, quality="hd", style="natural", previews=1
        )

    assert error is None
    assert kinds(responses) == [
        "progress",
        "preview",
        "progress",
        "call",
        "progress",
        "header",
        "chunk",
    ]
    header = next(r.header for r in responses if r.HasField("header"))
    assert image_of(responses) == data
    assert len(data) > 2**20
    assert max(len(r.chunk) for r in responses) <= 2**20
    assert header.size_bytes == len(data)
    assert header.sha256 == hashlib.sha256(data).hexdigest()
    assert (header.width, header.height, header.content_type) == (700, 700, "image/png")
    assert (header.model, header.quality) == ("gpt-image-2", "high")
    assert header.revised_prompt == api.bodies[0]["prompt"]
    assert header.revised_prompt.startswith("A lighthouse\n\nStyle: natural")
    call = next(r.call for r in responses if r.HasField("call"))
    expected = pb.ProviderCall(
        request_id="req_1",
        model="gpt-image-2",
        outcome="ok",
        usage=pb.Usage(**USAGE),
        charge=pb.CHARGE_CHARGED,
        cost_micros=12 * 5 + 1056 * 30,
        provider="openai",
    )
    assert call == expected


async def test_a_mistaken_request_is_refused_by_field_and_costs_nothing() -> None:
    async with openai_api() as api, generator(api.base_url) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call_of(stub, quality="best", previews=9).read()
        assert isinstance(from_rpc(raised.value, "generator"), InvalidRequest)
        status = rpc_status.from_call(raised.value)  # type: ignore[no-untyped-call]
        bad = error_details_pb2.BadRequest()
        assert any(detail.Unpack(bad) for detail in status.details)
        assert [violation.field for violation in bad.field_violations] == ["quality", "previews"]
        assert api.bodies == []


async def test_a_failed_call_is_in_the_ledger_before_its_error() -> None:
    reply = refusal(429, "rate_limit_exceeded", headers={"retry-after": "7"})
    async with openai_api(reply) as api, generator(api.base_url) as stub:
        responses, error = await generate(stub)
    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after_seconds == 7
    assert error.facts == {"model": "gpt-image-2", "request_id": "req_1"}
    assert responses[-1].call.outcome == "PROVIDER_RATE_LIMITED"
    assert responses[-1].call.request_id == "req_1"


async def test_a_retired_model_is_replaced_by_the_next() -> None:
    replies = refusal(404, "model_not_found"), streamed(completed_event(picture()))
    async with (
        openai_api(*replies) as api,
        generator(api.base_url, IMAGE_MODELS="gpt-image-1,gpt-image-2") as stub,
    ):
        responses, error = await generate(stub, targets=TARGETS)
    assert error is None
    assert [r.call.outcome for r in responses if r.HasField("call")] == ["MODEL_UNAVAILABLE", "ok"]
    assert [body["size"] for body in api.bodies] == ["1024x1536", "944x1664"]


async def test_a_cancelled_rpc_closes_the_call_and_frees_its_place() -> None:
    replies = streamed(never_ends=True), streamed(completed_event(picture()))
    async with (
        openai_api(*replies) as api,
        generator(api.base_url, GENERATOR_CONCURRENCY="1", GENERATOR_QUEUE="1") as stub,
    ):
        call = call_of(stub)
        await call.read()
        await asyncio.wait_for(api.asked.wait(), timeout=10)
        call.cancel()
        await asyncio.wait_for(api.left.wait(), timeout=10)
        _, error = await generate(stub)
        assert error is None


async def test_the_deadline_of_the_rpc_ends_the_call_with_an_answer() -> None:
    async with openai_api(Reply(never_ends=True)) as api, generator(api.base_url) as stub:
        responses, error = await generate(stub, seconds=1)
        assert isinstance(error, ProviderUnavailable)
        assert responses[-1].call.outcome == "PROVIDER_UNAVAILABLE"
        await asyncio.wait_for(api.left.wait(), timeout=10)


async def test_a_full_generator_says_so_at_once() -> None:
    async with (
        openai_api(Reply(never_ends=True)) as api,
        generator(api.base_url, GENERATOR_CONCURRENCY="1", GENERATOR_QUEUE="0") as stub,
    ):
        call = call_of(stub)
        await call.read()
        _, error = await generate(stub)
        assert isinstance(error, Busy)
        call.cancel()


async def test_an_estimate_asks_nobody_and_names_the_most_expensive_purchase() -> None:
    async with (
        openai_api() as api,
        generator(
            api.base_url, IMAGE_MODELS="sdxl,gpt-image-2", IMAGE_PRICES="gpt-image-2=1/10"
        ) as stub,
    ):
        request = pb.EstimatePurchaseRequest(prompt="A lighthouse", quality="high")
        estimate = await cast(Any, stub.EstimatePurchase(request, timeout=10))
    # 12 bytes of a prompt are 4 tokens, a square of high quality is 4,160.
    assert estimate == pb.EstimatePurchaseResponse(
        provider="openai", model="gpt-image-2", estimate_micros=4 * 1 + 7024 * 10
    )
    assert api.bodies == []
