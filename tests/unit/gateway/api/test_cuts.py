"""What a generation may be cut for again, and what every mistake in an order is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from snapasset.gateway.v1 import renditions_pb2 as pb

from services.common.errors import GenerationFull, InvalidRequest
from services.common.options import FocalPoint, JobOptions, RenditionOptions
from services.common.platforms import PLATFORMS
from services.common.targets import Platform
from services.gateway.api.cuts import MOST_RENDITIONS, cut_spec
from services.jobs.source import Source
from services.jobs.values import JobSpec
from services.leaves.records import GenerationRecord
from tests.unit.jobs.shop import BOUGHT, IMAGE

POSTER = {"name": "poster", "width": 1080, "height": 1350}
OWN = Platform(id="blog-banner", name="Blog Banner", width=1600, height=400, formats=("png",))
RECORD = GenerationRecord(
    generation_id="01932d4e-7f00-7abc-8def-0123456789ab",
    job_id="gen-1",
    user_id="ada",
    prompt="A lighthouse in a storm",
    options=JobOptions(quality="hd", format="png"),
    purchases=[BOUGHT, replace(BOUGHT, number=3)],
    images=[IMAGE],
    created_at=datetime(2026, 11, 26, tzinfo=UTC),
)


def spec(*renditions: dict[str, Any], record: GenerationRecord = RECORD, **more: Any) -> JobSpec:
    asked = ParseDict({"renditions": [*renditions], **more}, pb.CreateRenditionsRequest())
    return cut_spec(asked, record, {**PLATFORMS, OWN.id: OWN})


def mistakes(*renditions: dict[str, Any], **more: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refusal:
        spec(*renditions, **more)
    return {one.field.removeprefix("renditions[0]."): one.message for one in refusal.value.fields}


def test_an_order_becomes_a_job_that_has_a_source_and_buys_nothing() -> None:
    made = spec(
        {"platform": "x-post"},
        {**POSTER, "focalPoint": {"x": 0.5, "y": 0.2}, "fit": "cover"},
        {"platform": "blog-banner", "crop": {"x": 1, "width": 90, "height": 30}, "format": "png"},
        master=3,
        options={"fit": "contain", "background": "auto"},
    )
    assert made == JobSpec(
        user_id="ada",
        prompt="A lighthouse in a storm",
        platforms=("x-post", "blog-banner"),
        options=JobOptions(fit="contain", background="auto"),
        sizes=made.sizes,
        rows=(OWN.target,),
        source=Source(generation_id=RECORD.generation_id, master=3),
        overrides={
            "poster": RenditionOptions(focal_point=FocalPoint(x=0.5, y=0.2), fit="cover"),
            "blog-banner": RenditionOptions(crop=(1, 0, 90, 30), format="png"),
        },
    )
    assert [target.id for target in made.targets] == ["x-post", "blog-banner", "poster"]


def test_the_first_master_is_cut_unless_another_is_named() -> None:
    assert spec({"platform": "x-post"}).source == Source(
        generation_id=RECORD.generation_id, master=1
    )


@pytest.mark.parametrize(
    ("rendition", "field", "message"),
    [
        ({}, "platform", "is required, unless name is given"),
        ({"platform": "myspace"}, "platform", "is unknown; there are instagram-post"),
        ({**POSTER, "platform": "x-post"}, "name", "cannot be given together with platform"),
        ({"platform": "x-post", "width": 99}, "width", "belongs to a name, not to a platform"),
        ({"name": "poster", "width": 99}, "height", "is required with a name"),
        ({**POSTER, "name": "x-post"}, "name", "is the id of a platform; take another name"),
        ({**POSTER, "name": "../x"}, "name", "must be 1 to 40 lower-case letters"),
        ({**POSTER, "name": "master"}, "name", "is kept for the bought image"),
        ({**POSTER, "width": 4097}, "width", "must be 16 to 4096"),
        ({**POSTER, "height": 15}, "height", "must be 16 to 4096"),
        ({"platform": "blog-banner"}, "format", "cannot be jpeg: blog-banner takes png"),
        ({"platform": "tiktok-photo", "format": "png"}, "format", "cannot be png: tiktok-photo"),
        ({**POSTER, "format": "gif"}, "format", "must be one of jpeg"),
        ({**POSTER, "fit": "extend"}, "fit", "must be one of cover, contain"),
        ({**POSTER, "background": "blur"}, "background", "surrounds a contained picture only"),
        ({**POSTER, "fit": "contain", "background": "red"}, "background", "must be blur, auto,"),
        ({**POSTER, "fit": "contain", "background": "transparent"}, "format", "cannot be jpeg"),
        ({**POSTER, "focalPoint": {"x": 1.1}}, "focalPoint.x", "must be 0 to 1"),
        ({**POSTER, "crop": {"x": -1, "width": 9, "height": 9}}, "crop.x", "must be at least 0"),
        ({**POSTER, "crop": {"x": 1}}, "crop.width", "must be at least 1"),
        (
            {**POSTER, "crop": {"x": 1200, "width": 1, "height": 1}},
            "crop",
            "must lie inside the master, which has 1200 x 1200 pixels",
        ),
        (
            {**POSTER, "crop": {"x": 2**31 - 1, "width": 2**31 - 1, "height": 1}},
            "crop",
            "must lie inside the master",
        ),
        (
            {**POSTER, "crop": {"width": 9, "height": 9}, "focalPoint": {"x": 0}},
            "focalPoint",
            "cannot be given together with crop",
        ),
    ],
)
def test_every_mistake_names_its_field(rendition: dict[str, Any], field: str, message: str) -> None:
    found = mistakes(rendition)
    assert field in found
    assert found[field].startswith(message)


def test_nothing_is_cut_twice_in_one_job() -> None:
    twice = mistakes(
        {"platform": "x-post"}, {"platform": "x-post", "fit": "contain"}, POSTER, POSTER
    )
    assert twice == {
        "renditions[1].platform": "appears more than once",
        "renditions[3].name": "appears more than once",
    }


def test_an_order_has_1_to_32_renditions() -> None:
    many = [{**POSTER, "name": f"size-{number}"} for number in range(33)]
    assert len(spec(*many[:32]).sizes) == 32
    assert mistakes(*many) == {"renditions": "must have at most 32, got 33"}
    assert mistakes() == {"renditions": "is required"}


@pytest.mark.parametrize(
    ("master", "must"),
    [(2, "must be one that the generation has: 1, 3"), (0, "must be at least 1")],
)
def test_only_masters_of_the_generation_can_be_cut(master: int, must: str) -> None:
    assert mistakes(POSTER, master=master)["master"].startswith(must)


def test_the_background_of_all_needs_one_that_is_contained() -> None:
    options = {"background": "#000000"}
    assert "options.background" in mistakes(POSTER, options=options)
    assert spec(POSTER, {"platform": "x-post", "fit": "contain"}, options=options)


def test_mistakes_of_all_kinds_are_told_at_once() -> None:
    found = mistakes({"platform": "myspace", "fit": "x"}, master=9, options={"format": "gif"})
    assert found.keys() == {"platform", "fit", "master", "options.format"}


def test_a_generation_takes_only_so_many_renditions() -> None:
    full = replace(RECORD, images=[IMAGE] * (MOST_RENDITIONS - 1))
    assert spec(POSTER, record=full)
    with pytest.raises(GenerationFull):
        spec(POSTER, {"platform": "x-post"}, record=full)
