"""The generator over real gRPC and real HTTP, against the stand-in."""

from io import BytesIO

import pytest
from PIL import Image

from deploy.local.standin.ledger import Ledger
from services.common.errors import (
    AppError,
    ModerationBlocked,
    ProviderBadAnswer,
    ProviderRateLimited,
    ProviderUnavailable,
)
from tests.integration.generator.serving import TARGETS, generate, generator, image_of, standin


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
