"""The generator's client against a generator that answers exactly as told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from snapasset.generator.v1 import generator_pb2 as gen
from snapasset.generator.v1.generator_pb2_grpc import (
    GeneratorServiceServicer,
    add_GeneratorServiceServicer_to_server,
)

from services.common.channels import open_channel
from services.common.charge import Charge
from services.common.errors import AppError, Busy, DeadlineExceeded, ProviderBadAnswer, Unavailable
from services.common.interceptors import Context
from services.common.process_settings import ServerSettings
from services.common.serve import running
from services.leaves.charges import charge_of
from services.leaves.generator import GeneratorClient
from services.leaves.purchases import (
    Delivery,
    ImageOrder,
    PurchaseEvent,
    RawDelivery,
    UnreadAnswer,
)

SETTINGS = ServerSettings(drain_seconds=0, grace_seconds=0)
ORDER = ImageOrder(prompt="A lighthouse", owner="ada", targets=(), key="gen-1-1-1")
ANSWER = UnreadAnswer(
    content_type="text/html",
    size_bytes=6,
    sha256="0a",
    provider="openai",
    model="gpt-image-2",
    prompt="A lighthouse",
    quality="low",
)
RAW = gen.RawAnswer(
    content_type="text/html",
    size_bytes=6,
    sha256="0a",
    provider="openai",
    model="gpt-image-2",
    prompt="A lighthouse",
    quality="low",
)
PAID = gen.ProviderCall(model="gpt-image-2", outcome="x", charge=gen.CHARGE_CHARGED, cost_micros=7)


class Told(GeneratorServiceServicer):
    """Sends what it is told, then raises what it is told, or hangs."""

    def __init__(self, *responses: gen.GenerateResponse, end: AppError | None = None) -> None:
        self._responses = responses
        self._end = end
        self.asked: gen.GenerateRequest | None = None
        self.uploaded = b""
        self.hangs = False

    async def Generate(
        self, request: gen.GenerateRequest, context: Context
    ) -> AsyncIterator[gen.GenerateResponse]:
        self.asked = request
        for response in self._responses:
            yield response
        if self.hangs:
            await asyncio.Event().wait()
        if self._end:
            raise self._end

    async def ReadAnswer(
        self, requests: AsyncIterator[gen.ReadAnswerRequest], context: Context
    ) -> AsyncIterator[gen.ReadAnswerResponse]:
        assert (await anext(aiter(requests))).header == RAW
        async for request in requests:
            self.uploaded += request.chunk
        if self._end:
            raise self._end
        yield gen.ReadAnswerResponse(header=gen.ImageHeader(model="m", size_bytes=5))
        yield gen.ReadAnswerResponse(chunk=b"image")


@asynccontextmanager
async def client_of(service: Told, seconds: float = 5) -> AsyncIterator[GeneratorClient]:
    added = (add_GeneratorServiceServicer_to_server, service)
    async with (
        running(SETTINGS, 0, [added]) as port,
        open_channel(f"127.0.0.1:{port}", SETTINGS) as channel,
    ):
        yield GeneratorClient(channel, timeout_seconds=seconds, connect_seconds=5)


async def events_of(service: Told, seconds: float = 5) -> Sequence[tuple[PurchaseEvent, bytes]]:
    """Return all events, each with the bytes that came with it."""
    found: list[tuple[PurchaseEvent, bytes]] = []
    await hear(service, found, seconds)
    return found


async def hear(service: Told, found: list[tuple[PurchaseEvent, bytes]], seconds: float = 5) -> None:
    """Add all events to `found`, each with the bytes that came with it."""
    async with client_of(service, seconds) as client:
        async for event in client.generate(ORDER):
            data = b""
            if isinstance(event, Delivery | RawDelivery):
                data = b"".join([chunk async for chunk in event.chunks])
            found.append((event, data))


async def answer() -> AsyncIterator[bytes]:
    yield b"<ht"
    yield b"ml>"


async def test_an_image_comes_with_its_call_and_the_purchase_has_its_key() -> None:
    service = Told(  # type: ignore[abstract]
        gen.GenerateResponse(call=PAID),
        gen.GenerateResponse(header=gen.ImageHeader(model="m", size_bytes=5)),
        gen.GenerateResponse(chunk=b"ima"),
        gen.GenerateResponse(chunk=b"ge"),
    )
    (call, _), (_, data) = await events_of(service)
    assert (getattr(call, "charge", None), getattr(call, "cost_micros", 0)) == (Charge.CHARGED, 7)
    assert data == b"image"
    assert service.asked
    assert service.asked.purchase_key == "gen-1-1-1"


async def test_an_answer_that_cannot_be_read_is_handed_over_before_the_error() -> None:
    service = Told(  # type: ignore[abstract]
        gen.GenerateResponse(call=PAID),
        gen.GenerateResponse(raw_answer=RAW),
        gen.GenerateResponse(chunk=b"<html>"),
        end=ProviderBadAnswer("It cannot be read."),
    )
    found: list[tuple[PurchaseEvent, bytes]] = []
    with pytest.raises(ProviderBadAnswer):
        await hear(service, found)
    delivery, data = found[-1]
    assert isinstance(delivery, RawDelivery)
    assert (delivery.answer, data) == (ANSWER, b"<html>")


async def test_a_kept_answer_is_read_again() -> None:
    service = Told()  # type: ignore[abstract]
    async with client_of(service) as client:
        async for delivery in client.read_answer(ANSWER, answer()):
            assert b"".join([chunk async for chunk in delivery.chunks]) == b"image"
    assert service.uploaded == b"<html>"


async def test_a_generator_that_refuses_has_answered_and_one_that_falls_silent_has_not() -> None:
    for service, kind, unanswered in (
        (Told(end=Busy("Full.")), Busy, False),  # type: ignore[abstract]
        (Told(end=Unavailable("Later.")), Unavailable, False),  # type: ignore[abstract]
    ):
        with pytest.raises(kind) as error:
            await events_of(service)
        assert error.value.unanswered is unanswered
    silent = Told()  # type: ignore[abstract]
    silent.hangs = True
    with pytest.raises(DeadlineExceeded) as late:
        await events_of(silent, seconds=0.3)
    assert late.value.unanswered


@pytest.mark.parametrize(
    ("call", "charge"),
    [
        (gen.ProviderCall(outcome="ok", charge=gen.CHARGE_UNKNOWN), Charge.UNKNOWN),
        (gen.ProviderCall(charge=gen.CHARGE_NOT_CHARGED), Charge.NOT_CHARGED),
        (gen.ProviderCall(outcome="ok"), Charge.CHARGED),
        (gen.ProviderCall(outcome="PROVIDER_BAD_ANSWER"), Charge.CHARGED),
        (gen.ProviderCall(outcome="MODERATION_BLOCKED"), Charge.NOT_CHARGED),
        (gen.ProviderCall(outcome="PROVIDER_UNAVAILABLE"), Charge.UNKNOWN),
        (gen.ProviderCall(outcome="of a later version"), Charge.UNKNOWN),
    ],
)
def test_an_older_generator_tells_the_charge_by_its_outcome(
    call: gen.ProviderCall, charge: Charge
) -> None:
    assert charge_of(call) is charge
