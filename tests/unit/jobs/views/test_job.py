from dataclasses import replace
from datetime import UTC, datetime

import pytest
from google.protobuf.json_format import MessageToDict

from services.common.assets import Rendition
from services.common.options import FocalPoint, RenditionOptions
from services.common.platforms import PLATFORMS
from services.common.settings import SettingsError, load
from services.gateway.settings import GatewaySettings
from services.jobs.values import Failure, Job, JobSpec, PartFailure, Status
from services.jobs.views.job import Views, job_data, summary
from services.leaves.links import LastingLinks
from tests.unit.jobs.shop import ADA, BOUGHT, FAILURE, RESULT

SECRET = "x" * 32
IMAGE = Rendition(
    platform="twitter-post",
    key="ada/01932d4e-7f00-7abc-8def-0123456789ab/twitter-post-1200x675.jpg",
    content_type="image/jpeg",
    width=1200,
    height=675,
    size_bytes=1000,
    sha256="",
    crop=(10, 20, 1600, 900),
    master=2,
)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ({}, "http://localhost:3001/images"),
        ({"public_url": "https://api.example/"}, "https://api.example/images"),
        ({"public_image_url": "https://cdn.example/assets/"}, "https://cdn.example/assets"),
        ({"image_links": "presigned", "s3_public_url": "https://s3.example"}, "https://s3.example"),
    ],
)
async def test_images_are_where_the_settings_say(given: dict[str, str], base: str) -> None:
    settings = GatewaySettings(jwt_secret=SECRET, **given)  # type: ignore[arg-type]
    [image] = await Views(LastingLinks(settings.image_base), PLATFORMS).images([IMAGE])
    assert image.url == f"{base}/{IMAGE.key}"


async def test_an_image_tells_which_part_of_which_master_it_shows() -> None:
    [view] = await Views(LastingLinks(""), PLATFORMS).images([IMAGE])
    crop = view.crop
    assert (crop.x, crop.y, crop.width, crop.height) == IMAGE.crop
    assert view.master == 2


@pytest.mark.parametrize("signer", ["Example Ltd", ""])
async def test_an_image_tells_who_signed_it(signer: str) -> None:
    signed = replace(IMAGE, signed_by=signer)
    [view] = await Views(LastingLinks(""), PLATFORMS).images([signed])
    assert (view.provenance.signed, view.provenance.signed_by) == (bool(signer), signer)


async def test_a_result_shows_every_master_and_no_address_of_one() -> None:
    two = replace(RESULT, purchases=(BOUGHT, replace(BOUGHT, model="other")))
    result = await Views(LastingLinks(""), PLATFORMS).result(two)
    assert result
    assert [(one.width, one.height, one.model) for one in result.masters] == [
        (1200, 1200, "gpt-image-2"),
        (1200, 1200, "other"),
    ]
    assert result.revised_prompt == BOUGHT.revised_prompt
    assert "master-" not in str(result)


async def test_a_result_names_what_is_missing() -> None:
    failure = Failure(code="MODERATION_BLOCKED", message="No.", retryable=False)
    missing = (
        PartFailure(master=2, failure=failure),
        PartFailure(target="twitter-post", failure=failure),
    )
    result = await Views(LastingLinks(""), PLATFORMS).result(replace(RESULT, failures=missing))
    assert result
    assert not result.success
    assert [(one.master, one.platform_id, one.platform) for one in result.failures] == [
        (2, "", ""),
        (0, "twitter-post", "Twitter Post"),
    ]
    assert {one.error.code for one in result.failures} == {"MODERATION_BLOCKED"}


def test_images_are_not_both_public_and_private() -> None:
    given = {"PUBLIC_IMAGE_URL": "https://cdn.example", "IMAGE_LINKS": "presigned"}
    with pytest.raises(SettingsError, match="PUBLIC_IMAGE_URL cannot be set where IMAGE_LINKS"):
        load(GatewaySettings, {"JWT_SECRET": SECRET, **given})


def test_an_address_of_images_must_be_one() -> None:
    with pytest.raises(SettingsError, match="PUBLIC_IMAGE_URL must begin with http"):
        load(GatewaySettings, {"JWT_SECRET": SECRET, "PUBLIC_IMAGE_URL": "cdn.example"})


def test_a_list_shows_why_a_job_failed() -> None:
    failed = Job(
        id="gen-1", spec=ADA, status=Status.FAILED, created_at=datetime.now(UTC), failure=FAILURE
    )
    assert summary(failed).error.code == FAILURE.code
    assert not summary(replace(failed, status=Status.WAITING, failure=None)).HasField("error")


def test_a_job_that_cuts_again_shows_what_was_said_of_each_rendition() -> None:
    own = RenditionOptions(crop=(1, 2, 30, 40), fit="contain", background="#102030", format="webp")
    point = RenditionOptions(focal_point=FocalPoint(x=0.25, y=0))
    spec = JobSpec(user_id="ada", prompt="", overrides={"x-post": own, "poster": point})
    first, second = (MessageToDict(one) for one in job_data(spec).renditions)
    assert first == {
        "platformId": "x-post",
        "crop": {"x": 1, "y": 2, "width": 30, "height": 40},
        "fit": "contain",
        "background": "#102030",
        "format": "webp",
    }
    assert second == {"platformId": "poster", "focalPoint": {"x": 0.25}}
