"""Edits over real gRPC and real HTTP: the worker's client, the generator and the stand-in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image

from deploy.local.standin.ledger import Ledger
from services.common.assets import ProviderCall
from services.common.channels import open_channel
from services.common.charge import Charge
from services.common.errors import InvalidRequest, ObjectNotFound
from services.common.targets import Target
from services.leaves.generator import GeneratorClient
from services.leaves.purchases import Delivery, ImageOrder, PurchaseEvent, ReferencePicture
from tests.integration.generator.serving import served, standin

TALL = Target(id="story", name="Story", width=720, height=1280)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """A generator to buy from, and the books of the API behind it."""

    client: GeneratorClient
    ledger: Ledger


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    ledger, budget = Ledger(), str(1024 * 1024)
    async with (
        standin(ledger) as base_url,
        served(base_url, GENERATOR_PIXEL_BUDGET=budget) as (settings, port),
    ):
        channel = open_channel(f"127.0.0.1:{port}", settings)
        yield Shop(
            client=GeneratorClient(channel, timeout_seconds=60, connect_seconds=5), ledger=ledger
        )
        await channel.close()


def file_of(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def picture_of(data: bytes) -> ReferencePicture:
    async def read() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 100_000):
            yield data[at : at + 100_000]

    return ReferencePicture(size_bytes=len(data), read=read)


def order(*pictures: ReferencePicture, **more: object) -> ImageOrder:
    known = {"prompt": "A boat", "owner": "ada", "targets": (TALL,), "references": pictures}
    return ImageOrder(**{**known, **more})  # type: ignore[arg-type]


async def bought(shop: Shop, wanted: ImageOrder) -> tuple[Image.Image, list[PurchaseEvent]]:
    events, data = [], b""
    async for event in shop.client.generate(wanted):
        events.append(event)
        if isinstance(event, Delivery):
            data = b"".join([chunk async for chunk in event.chunks])
    return Image.open(BytesIO(data)).convert("RGB"), events


def calls(events: list[PurchaseEvent]) -> list[ProviderCall]:
    return [event for event in events if isinstance(event, ProviderCall)]


async def test_only_the_masked_part_of_a_reference_is_painted(shop: Shop) -> None:
    red = Image.new("RGB", (720, 1280), (200, 10, 10))
    mask = Image.new("RGBA", red.size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (0, 0, 720, 400))
    wanted = order(picture_of(file_of(red)), mask=picture_of(file_of(mask)))
    image, events = await bought(shop, wanted)
    across, down = image.size
    assert image.getpixel((across // 2, down - 20)) == (200, 10, 10)
    assert image.crop((0, 0, across, down // 4)).getcolors(1) is None
    (call,) = calls(events)
    assert call.charge is Charge.CHARGED
    assert call.input_tokens > 1000
    assert call.cost_micros == 0  # the stand-in costs nothing
    assert await shop.client.estimate(wanted) > await shop.client.estimate(order())


async def test_a_picture_is_extended_to_a_shape_and_stays_whole(shop: Shop) -> None:
    red = Image.new("RGB", (600, 600), (200, 10, 10))
    image, _ = await bought(shop, order(picture_of(file_of(red)), extends=True))
    across, down = image.size
    assert abs(across / down - TALL.width / TALL.height) < 0.02
    assert image.getpixel((across // 2, down // 2)) == (200, 10, 10)
    assert image.crop((0, 0, across, 100)).getcolors(1) is None
    (call,) = shop.ledger.report()["calls"]
    assert (call["references"], call["masked"]) == (1, True)


async def test_a_picture_that_cannot_be_read_costs_nothing(shop: Shop) -> None:
    async def gone() -> AsyncIterator[bytes]:
        raise ObjectNotFound("The upload has expired.")
        yield b""

    with pytest.raises(ObjectNotFound, match="has expired"):
        await bought(shop, order(ReferencePicture(size_bytes=9, read=gone)))
    assert shop.ledger.report()["calls"] == []


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        ((picture_of(b"GIF89a"),), r"references\[0\] must be a PNG, JPEG, WebP or AVIF file"),
        ((picture_of(b"x"),) * 17, "references must be 1 to 16"),
        (
            (ReferencePicture(size_bytes=2**30, read=picture_of(b"x").read),),
            "must have 1 to 33554432 bytes",
        ),
        ((ReferencePicture(size_bytes=9, read=picture_of(b"x").read),), "must have the 9 bytes"),
        ((ReferencePicture(size_bytes=1, read=picture_of(b"xyz").read),), "must have the 1 bytes"),
    ],
)
async def test_pictures_beyond_the_limits_are_refused_before_anything_is_bought(
    shop: Shop, pictures: tuple[ReferencePicture, ...], words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words):
        await bought(shop, order(*pictures))
    assert shop.ledger.report()["calls"] == []


async def test_what_no_model_can_do_is_refused_by_the_estimate(shop: Shop) -> None:
    with pytest.raises(InvalidRequest, match="no transparent backgrounds"):
        await shop.client.estimate(order(references=(), transparent=True))
