"""What a job may be cut for: platforms, and sizes of the client's own, up to 32 together."""

from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import InvalidRequest
from services.common.platforms import PLATFORMS
from services.common.targets import Platform
from services.gateway.api.requests import job_spec
from services.jobs.values import JobSpec

POSTER = {"name": "poster", "width": 1080, "height": 1350}
OWN = Platform(id="blog-banner", name="Blog Banner", width=1600, height=400, formats=("png",))


def spec(**asked: Any) -> JobSpec:
    body = {"userId": "ada", "prompt": "A lighthouse in a storm", **asked}
    return job_spec(ParseDict(body, pb.CreateJobRequest()), {**PLATFORMS, OWN.id: OWN})


def mistakes(**asked: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refusal:
        spec(**asked)
    return {mistake.field: mistake.message for mistake in refusal.value.fields}


def sizes(count: int) -> list[dict[str, Any]]:
    return [{**POSTER, "name": f"size-{number}"} for number in range(count)]


def test_sizes_come_after_the_platforms_in_the_order_asked() -> None:
    made = spec(platforms=["x-post"], sizes=[POSTER, {"name": "icon", "width": 16, "height": 16}])
    told = [(target.id, target.name, target.width, target.height) for target in made.targets]
    assert told == [
        ("x-post", "X Post", 1200, 675),
        ("poster", "poster", 1080, 1350),
        ("icon", "icon", 16, 16),
    ]


def test_a_job_may_have_sizes_alone() -> None:
    assert [target.id for target in spec(sizes=[POSTER]).targets] == ["poster"]


def test_a_job_without_both_is_told_of_both() -> None:
    assert mistakes() == {"platforms": "is required, unless sizes is given"}


@pytest.mark.parametrize(
    ("size", "field", "word"),
    [
        ({**POSTER, "name": ""}, "sizes[0].name", "is required"),
        ({**POSTER, "name": "Poster"}, "sizes[0].name", "lower-case"),
        ({**POSTER, "name": "a/b"}, "sizes[0].name", "lower-case"),
        ({**POSTER, "name": ".."}, "sizes[0].name", "lower-case"),
        ({**POSTER, "name": "master"}, "sizes[0].name", "another name"),
        ({**POSTER, "name": "threads-post"}, "sizes[0].name", "another name"),
        ({**POSTER, "name": "blog-banner"}, "sizes[0].name", "another name"),
        ({**POSTER, "width": 15}, "sizes[0].width", "16 to 4096"),
        ({**POSTER, "height": 4097}, "sizes[0].height", "16 to 4096"),
        ({"name": "poster"}, "sizes[0].width", "16 to 4096"),
    ],
)
def test_a_wrong_size_is_named_by_its_field(size: dict[str, Any], field: str, word: str) -> None:
    assert word in mistakes(sizes=[size])[field]


def test_the_character_that_is_refused_is_named() -> None:
    told = mistakes(platforms=["x-post"], prompt="A lighthouse in a \u202emrots")
    assert told["prompt"].endswith("characters that reorder text: it has U+202E")


def test_two_sizes_of_one_name_are_refused() -> None:
    assert mistakes(sizes=[POSTER, {**POSTER, "width": 20}]) == {
        "sizes[1].name": "appears more than once"
    }


def test_there_may_be_32_targets_and_no_more() -> None:
    many = [*PLATFORMS][:20]
    assert len(spec(platforms=many, sizes=sizes(12)).targets) == 32
    assert mistakes(platforms=many, sizes=sizes(13)) == {
        "sizes": "must be at most 32 together with platforms, got 33"
    }
    assert "at most 32" in mistakes(sizes=sizes(33))["sizes"]


@pytest.mark.parametrize(
    ("platform", "wanted", "taken"),
    [
        ("tiktok-photo", "png", "jpeg, webp"),
        ("threads-post", "webp", "jpeg, png"),
        ("facebook-feed", "avif", "jpeg, png"),
    ],
)
def test_a_format_that_a_platform_refuses_is_told_with_those_that_it_takes(
    platform: str, wanted: str, taken: str
) -> None:
    told = mistakes(platforms=["x-post", platform], options={"format": wanted})
    assert told == {"options.format": f"cannot be {wanted}: {platform} takes {taken}"}
    assert spec(platforms=[platform], options={"format": taken.split(", ")[0]})


def test_the_usual_format_counts_where_none_is_given() -> None:
    assert mistakes(platforms=["blog-banner"]) == {
        "options.format": "cannot be jpeg: blog-banner takes png"
    }


def test_a_platform_of_the_operators_own_goes_with_its_job() -> None:
    made = spec(platforms=["x-post", "blog-banner"], options={"format": "png"})
    assert made.rows == (OWN.target,)
    assert made.targets == (PLATFORMS["x-post"], OWN.target)
