"""The generator over real gRPC and real HTTP: against a scripted image API and the stand-in."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from random import Random
from typing import Any, cast

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from PIL import Image
from snapasset.generator.v1 import generator_pb2 as pb
from snapasset.generator.v1.generator_pb2_grpc import (
    GeneratorServiceStub,
    add_GeneratorServiceServicer_to_server,
)

from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.serve import listening
from services.common.errors import (
    AppError,
    Busy,
    InvalidRequest,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderRateLimited,
    ProviderUnavailable,
)
from services.common.rpc_errors import from_rpc
from services.common.serve import running
from services.common.settings import load
from services.generator.__main__ import open_service
from services.generator.settings import GeneratorSettings
from tests.servers.openai_api import (
    USAGE,
    Reply,
    base64_of,
    completed_event,
    openai_api,
    partial_event,
    picture,
    refusal,
    streamed,
    whole,
)

TARGETS = [pb.TargetShape(width=1080, height=1080), pb.TargetShape(width=1080, height=1920)]


@asynccontextmanager
async def generator(base_url: str, **more: str) -> AsyncIterator[GeneratorServiceStub]:
    """Run the generator on a free port and give a stub of it; `more` are settings."""
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
        async with (
            running(settings, 0, added) as port,
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            yield GeneratorServiceStub(channel)


async def generate(
    stub: GeneratorServiceStub, seconds: float = 30, **request: Any
) -> tuple[list[pb.GenerateResponse], AppError | None]:
    """Return all that one rpc streams, and the error that it ends with."""
    responses: list[pb.GenerateResponse] = []
    try:
        async for response in _call(stub, seconds, **request):
            responses.append(response)  # not as a list at once: what came before an error counts
    except grpc.aio.AioRpcError as failure:
        return responses, from_rpc(failure, "generator")
    return responses, None


def _call(stub: GeneratorServiceStub, seconds: float = 30, **request: Any) -> Any:
    wanted = pb.GenerateRequest(**{"prompt": "A lighthouse", **request})
    return stub.Generate(wanted, timeout=seconds)


def kinds(responses: list[pb.GenerateResponse]) -> list[str]:
    """Return which events came, in order, each run of one kind once."""
    found = [response.WhichOneof("event") or "" for response in responses]
    return [kind for index, kind in enumerate(found) if [kind] != found[index - 1 : index]]


def image_of(responses: list[pb.GenerateResponse]) -> bytes:
    return b"".join(response.chunk for response in responses)


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
            await _call(stub, quality="best", previews=9).read()
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
        call = _call(stub)
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
        call = _call(stub)
        await call.read()
        _, error = await generate(stub)
        assert isinstance(error, Busy)
        call.cancel()


@asynccontextmanager
async def standin(ledger: Ledger) -> AsyncIterator[str]:
    """Run the stand-in image API and give its base URL."""
    app = build_app(ledger, {}, lambda *_, **__: None)
    async with listening(app, "127.0.0.1", 0) as address:
        yield f"{address}/v1"


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


async def test_the_stand_in_paints_an_image_that_passes_for_a_real_one() -> None:
    ledger = Ledger()
    async with standin(ledger) as base_url, generator(base_url) as stub:
        responses, error = await generate(stub, targets=TARGETS, previews=2)
    assert error is None
    call = next(r.call for r in responses if r.HasField("call"))
    assert (call.outcome, call.stand_in) == ("ok", True)
    assert call.request_id
    assert call.usage.total_tokens > 0
    previews = [r.preview for r in responses if r.HasField("preview")]
    assert [preview.index for preview in previews] == [0, 1]
    assert all(0 < len(preview.image) <= 24 * 1024 for preview in previews)
    with Image.open(BytesIO(image_of(responses))) as image:
        assert image.size == (944, 1664)
    assert ledger.report()["counts"]["images_made"] == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("moderated", ModerationBlocked),
        ("moderated late=true", ModerationBlocked),
        ("rate_limit", ProviderRateLimited),
        ("rate_limit late=true", ProviderRateLimited),
        ("broken", ProviderUnavailable),
        ("half", ProviderUnavailable),
        ("empty", ProviderBadAnswer),
        ("rubbish", ProviderBadAnswer),
    ],
)
async def test_each_fault_of_the_stand_in_is_classified(
    fault: str, expected: type[AppError]
) -> None:
    async with standin(Ledger()) as base_url, generator(base_url) as stub:
        prompt = f"A lighthouse [standin: fail={fault}]"
        responses, error = await generate(stub, prompt=prompt, previews=1)
    assert type(error) is expected
    assert [r.call.outcome for r in responses if r.HasField("call")] == [expected.code]


async def test_an_image_by_address_is_downloaded_from_the_stand_in() -> None:
    async with standin(Ledger()) as base_url, generator(base_url) as stub:
        responses, error = await generate(stub, prompt="A lighthouse [standin: fail=url]")
    assert error is None
    assert image_of(responses)


async def test_production_refuses_the_stand_in() -> None:
    async with (
        standin(Ledger()) as base_url,
        generator(base_url, SNAPASSET_ENV="production") as stub,
    ):
        responses, error = await generate(stub)
    assert isinstance(error, ProviderBadAnswer)
    assert responses[-1].call.stand_in
    assert not image_of(responses)
