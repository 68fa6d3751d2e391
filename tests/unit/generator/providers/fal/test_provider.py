import asyncio
import base64
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from services.common.charge import Charge
from services.common.errors import (
    AppError,
    ModelUnavailable,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderKeyRejected,
    ProviderQuotaExceeded,
    ProviderRateLimited,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from services.common.settings import load
from services.generator.orders import Order
from services.generator.providers.fal.models import abilities_of
from services.generator.providers.fal.opening import open_provider
from services.generator.providers.fal.provider import FalProvider
from services.generator.providers.port import Answered, CallFailed, Paid, Painted, PaintEvent
from services.generator.references import Reference
from services.generator.settings import GeneratorSettings
from services.generator.sizes import Shape
from tests.servers.openai_api import picture
from tests.servers.scripted_http import Scripted, ScriptedApi, paths, said, scripted_api

THREADS = ThreadPoolExecutor(1)
MODEL = "fal-ai/flux/dev"
ID = "764cabcf-b745-4b3e-ae38-1200304cf45b"
ORDER = Order(prompt="A lighthouse", targets=(Shape(width=1080, height=1080),))
IMAGE = picture()
FREE, PAID, UNKNOWN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN

IN_LINE = said({"request_id": ID, "status_url": "http://169.254.169.254/", "response_url": "x"})
AT_WORK = said({"status": "IN_PROGRESS"}, 202)
DONE = said({"status": "COMPLETED"})
FILE = Scripted(body=IMAGE, headers={"content-type": "image/png"})


def result(url: str, **more: object) -> Scripted:
    return said({"images": [{"url": url, "width": 64, "height": 48}], "seed": 1, **more})


def inline() -> str:
    return "data:image/png;base64," + base64.b64encode(IMAGE).decode()


@asynccontextmanager
async def provider_of(
    *replies: Scripted, **more: str
) -> AsyncIterator[tuple[ScriptedApi, FalProvider]]:
    async with scripted_api(*replies) as api:
        known = {"IMAGE_PROVIDERS": "fal", "FAL_KEY": "id:secret", "FAL_BASE_URL": api.origin}
        settings = load(GeneratorSettings, {**known, **more})
        async with open_provider(settings, THREADS) as provider:
            yield api, provider


async def paint(provider: FalProvider) -> list[PaintEvent]:
    async with aclosing(provider.paint(provider.commission(ORDER, MODEL))) as events:
        return [event async for event in events]


async def failed(*replies: Scripted) -> tuple[CallFailed, ScriptedApi]:
    async with provider_of(*replies) as (api, provider):
        with pytest.raises(CallFailed) as failure:
            await paint(provider)
        return failure.value, api


async def test_an_order_is_put_in_line_once_and_asked_for_until_it_is_done() -> None:
    async with provider_of(IN_LINE, AT_WORK, DONE, result("/files/a.png"), FILE) as (api, provider):
        first, paid, painted = await paint(provider)
    assert first == Answered(request_id=ID, stand_in=False)
    assert isinstance(paid, Paid)
    assert isinstance(painted, Painted)
    assert painted.image == IMAGE
    order = f"/fal-ai/flux/requests/{ID}"
    assert paths(api.asked) == [
        f"POST /{MODEL}",
        f"GET {order}/status",
        f"GET {order}/status",
        f"GET {order}",
        "GET /files/a.png",
    ]
    assert all(one.headers["authorization"] == "Key id:secret" for one in api.asked)
    assert api.asked[0].headers["x-fal-no-retry"] == "1"
    assert api.asked[0].said["image_size"] == {"width": 1088, "height": 1088}


async def test_an_image_that_stands_in_the_answer_itself_is_read() -> None:
    async with provider_of(IN_LINE, DONE, result(inline())) as (_, provider):
        painted = (await paint(provider))[-1]
        assert isinstance(painted, Painted)
        assert painted.image == IMAGE
        assert provider.cost_micros(provider.commission(ORDER, MODEL), None) == 50_000


@pytest.mark.parametrize(
    ("status", "body", "error", "charge"),
    [
        (401, {"detail": "Cannot access application"}, ProviderKeyRejected, FREE),
        (403, {"detail": "User is locked: Exhausted balance."}, ProviderQuotaExceeded, FREE),
        (404, {"detail": "Application not found"}, ModelUnavailable, FREE),
        (
            422,
            {"detail": [{"type": "content_policy_violation", "msg": "flagged"}]},
            ModerationBlocked,
            FREE,
        ),
        (422, {"detail": [{"type": "missing", "msg": "Field required"}]},
         ProviderRejectedRequest, FREE),
        (429, {"detail": "Too many requests"}, ProviderRateLimited, FREE),
        (500, {"detail": "Internal"}, ProviderUnavailable, UNKNOWN),
        (503, "down", ProviderUnavailable, UNKNOWN),
    ],
)  # fmt: skip
async def test_each_refusal_of_an_order_has_its_error_and_its_charge_and_is_put_once(
    status: int, body: object, error: type[AppError], charge: Charge
) -> None:
    failure, api = await failed(said(body, status))
    assert type(failure.error) is error
    assert failure.charge is charge
    assert paths(api.asked) == [f"POST /{MODEL}"]


async def test_an_order_whose_answer_was_lost_is_not_put_again() -> None:
    failure, api = await failed(Scripted(disconnects=True))
    assert (type(failure.error), failure.charge) == (ProviderUnavailable, UNKNOWN)
    assert len(api.asked) == 1


@pytest.mark.parametrize("name", ["../../other", "", 5, None, "a" * 65, "a/b"])
async def test_an_order_without_a_name_that_can_be_asked_for_may_have_been_charged(
    name: object,
) -> None:
    failure, api = await failed(said({"request_id": name}))
    assert failure.charge is UNKNOWN
    assert len(api.asked) == 1


async def test_faults_while_it_is_painted_are_outlasted() -> None:
    faults = (said("", 502), said("", 429), Scripted(disconnects=True), said("", 404))
    replies = (IN_LINE, *faults, DONE, said("", 500), result(inline()))
    async with provider_of(*replies) as (api, provider):
        painted = (await paint(provider))[-1]
    assert isinstance(painted, Painted)
    assert paths(api.asked).count(f"POST /{MODEL}") == 1


async def test_a_failed_order_tells_why() -> None:
    flagged = {"error": "flagged", "error_type": "content_policy_violation"}
    failure, _ = await failed(IN_LINE, said({"status": "COMPLETED", **flagged}))
    assert (type(failure.error), failure.charge) == (ModerationBlocked, FREE)
    failure, _ = await failed(IN_LINE, said({"status": "COMPLETED", "error": "runner died"}))
    assert (type(failure.error), failure.charge) == (ProviderUnavailable, UNKNOWN)


async def test_a_picture_that_was_painted_over_is_paid_for() -> None:
    failure, _ = await failed(IN_LINE, DONE, result(inline(), has_nsfw_concepts=[True]))
    assert (type(failure.error), failure.charge) == (ModerationBlocked, PAID)


@pytest.mark.parametrize(
    "answer",
    [
        said({"images": []}),
        said({"images": [{"url": 5}]}),
        said({"images": [{"url": "file:///etc/passwd"}]}),
        said({"images": [{"url": "http://169.254.169.254/latest"}]}),
        said({"image": {"url": "x"}}),
        Scripted(body=b"no json"),
    ],
)
async def test_a_result_without_an_image_that_can_be_had_is_paid_for_and_kept(
    answer: Scripted,
) -> None:
    failure, _ = await failed(IN_LINE, DONE, answer)
    assert isinstance(failure.error, ProviderBadAnswer)
    assert failure.charge is PAID
    assert failure.raw is not None


async def test_who_stops_waiting_takes_the_order_back() -> None:
    async with provider_of(IN_LINE, AT_WORK) as (api, provider):
        painting = asyncio.create_task(paint(provider))
        await api.asked_twice.wait()
        painting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await painting
        assert paths(api.asked)[-1] == f"PUT /fal-ai/flux/requests/{ID}/cancel"


async def test_an_edit_goes_to_the_path_of_edits_with_its_pictures() -> None:
    picture = Reference(data=IMAGE, content_type="image/png")
    order = replace(ORDER, references=(picture,))
    async with provider_of(IN_LINE, DONE, result(inline())) as (api, provider):
        commission = provider.commission(order, "fal-ai/nano-banana")
        async with aclosing(provider.paint(commission)) as events:
            assert isinstance([event async for event in events][-1], Painted)
    assert api.asked[0].path == "/fal-ai/nano-banana/edit"
    assert api.asked[1].path == f"/fal-ai/nano-banana/requests/{ID}/status"
    assert api.asked[0].said["image_urls"] == [inline()]
    assert api.asked[0].said["aspect_ratio"] == "1:1"


def test_a_model_that_only_paints_has_no_references() -> None:
    assert abilities_of(MODEL).references == 0
