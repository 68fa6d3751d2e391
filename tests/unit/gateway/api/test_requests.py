"""Whatever is sent: either it is a job, or each mistake is named by its field, shortly."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import AppError, InvalidRequest, JobNotFound
from services.common.keys import USER_ID, user_segment
from services.common.options import EXTEND, JobOptions
from services.common.platforms import PLATFORMS
from services.common.targets import FORMATS
from services.common.text import shown
from services.gateway.api import requests
from services.gateway.api.bounds import bounds_of, value_or_fallback
from services.jobs.groups import PER_ASPECT
from services.jobs.source import Source
from services.jobs.values import JOB_ID, JobSpec, Status, new_job_id

GOOD: dict[str, Any] = {
    "user_id": "user-123",
    "prompt": "A beautiful sunset",
    "platforms": ["instagram-post"],
    "options": {"quality": "hd", "style": "vivid"},
}


def job_spec(asked: dict[str, Any]) -> JobSpec:
    given_options = pb.JobOptions(**asked["options"])
    return requests.job_spec(pb.CreateJobRequest(**{**asked, "options": given_options}), PLATFORMS)


def outcome_of(check: Callable[[], Any]) -> Any:
    """Return what `check` returns or raises."""
    try:
        return check()
    except AppError as error:
        return error


PROMPT = pb.CreateJobRequest.DESCRIPTOR.fields_by_name["prompt"]
MOST = 20
OPTIONS = {
    one.name: tuple(bounds_of(one).choices)
    for one in pb.JobOptions.DESCRIPTOR.fields
    if bounds_of(one).choices
}
user_ids = st.from_regex(USER_ID, fullmatch=True)
prompts = st.text(
    st.characters(min_codepoint=33, exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc", "Cf"]),
    min_size=bounds_of(PROMPT).min_length,
    max_size=1_000,
).filter(lambda text: shown(text) == text)  # what cannot be seen at an end does not count
platforms = st.lists(
    st.sampled_from([one.id for one in PLATFORMS.values() if one.formats == FORMATS]),
    min_size=1,
    max_size=9,
    unique=True,
)
options = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in OPTIONS.items()}
).filter(lambda given: (given.get("fit"), given.get("masters")) != (EXTEND, PER_ASPECT))


@given(user_id=user_ids, prompt=prompts, platforms=platforms, options=options)
def test_good_requests_are_taken_as_they_are(**asked: Any) -> None:
    spec = job_spec(asked)
    given_options = JobOptions(**asked.pop("options"))
    wanted = tuple(asked.pop("platforms"))
    assert spec == JobSpec(**asked, platforms=wanted, options=given_options)
    assert "/" not in user_segment(spec.user_id)


@given(
    user_id=st.text() | user_ids,
    prompt=st.text() | prompts,
    platforms=st.lists(st.text() | st.sampled_from(list(PLATFORMS)), max_size=40),
    options=st.dictionaries(st.sampled_from(list(OPTIONS)), st.text()),
)
def test_any_request_is_a_job_or_an_error_that_fits_into_headers(**asked: Any) -> None:
    outcome = outcome_of(lambda: job_spec(asked))
    if isinstance(outcome, InvalidRequest):
        assert outcome.fields
        assert len(outcome.message) < 1_500
        assert all(mistake.message and mistake.field for mistake in outcome.fields)
    else:
        assert USER_ID.fullmatch(outcome.user_id)
        assert set(outcome.platforms) <= PLATFORMS.keys()
        assert len(set(outcome.platforms)) == len(outcome.platforms)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"user_id": ""}, ["userId"]),
        ({"user_id": "a" * 129}, ["userId"]),
        ({"user_id": "../etc"}, ["userId"]),
        ({"user_id": "a/b"}, ["userId"]),
        ({"user_id": ".hidden"}, ["userId"]),
        ({"user_id": "alice\n"}, ["userId"]),
        ({"user_id": "älice"}, ["userId"]),
        ({"prompt": ""}, ["prompt"]),
        ({"prompt": " " * 20}, ["prompt"]),
        ({"prompt": "too short"}, ["prompt"]),
        ({"prompt": f"  short {' ' * 20}"}, ["prompt"]),
        ({"prompt": "x" * 4_001}, ["prompt"]),
        ({"prompt": "A beautiful\0 sunset"}, ["prompt"]),
        ({"prompt": "A beautiful\x1b[31m sunset"}, ["prompt"]),
        ({"prompt": "A lighthouse in a\x7f storm"}, ["prompt"]),
        ({"prompt": "A lighthouse in a\x9b31m storm"}, ["prompt"]),
        ({"prompt": "A lighthouse in a \u202emrots"}, ["prompt"]),
        ({"prompt": "\u200b" * 20}, ["prompt"]),
        ({"prompt": "\u3164 \u2800\ufe0f" * 20}, ["prompt"]),
        ({"platforms": []}, ["platforms"]),
        ({"platforms": ["myspace"]}, ["platforms[0]"]),
        ({"platforms": ["Instagram-Post"]}, ["platforms[0]"]),
        ({"platforms": ["twitter-post", "twitter-post"]}, ["platforms[1]"]),
        ({"platforms": ["twitter-post", "", "x"]}, ["platforms[1]", "platforms[2]"]),
        ({"options": {"quality": "best"}}, ["options.quality"]),
        ({"options": {"quality": "", "style": "VIVID"}}, ["options.quality", "options.style"]),
        ({"options": {"format": "gif"}}, ["options.format"]),
        ({"options": {"fit": "extend", "masters": "perAspect"}}, ["options.fit"]),
        ({"options": {"background": "blur"}}, ["options.background"]),
        ({"options": {"background": "transparent"}}, ["options.format"]),
        ({"options": {"background": "transparent", "format": "jpeg"}}, ["options.format"]),
        (
            {"options": {"background": "transparent", "format": "png", "fit": "extend"}},
            ["options.fit"],
        ),
        (
            {
                "platforms": ["tiktok-photo"],
                "options": {"background": "transparent", "format": "png"},
            },
            ["options.format"],
        ),
        ({"mask": "up-1700000000000-" + "a" * 32}, ["mask"]),
        ({"options": {"variants": 0}}, ["options.variants"]),
        ({"options": {"variants": 5}}, ["options.variants"]),
        ({"options": {"variants": 2, "masters": "perAspect"}}, ["options.variants"]),
        ({"user_id": "", "prompt": "", "platforms": []}, ["userId", "prompt", "platforms"]),
    ],
)
def test_each_mistake_is_named_by_its_field(change: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(InvalidRequest) as error:
        job_spec({**GOOD, **change})
    assert [mistake.field for mistake in error.value.fields] == fields
    assert all(field in error.value.message for field in fields)


def test_endless_list_of_platforms_gives_a_short_answer() -> None:
    with pytest.raises(InvalidRequest) as error:
        job_spec({**GOOD, "platforms": ["x" * 100] * 100_000})
    assert len(error.value.fields) == MOST


@given(st.text() | st.from_regex(JOB_ID))
def test_what_is_no_job_id_is_not_found(text: str) -> None:
    outcome = outcome_of(lambda: requests.job_id(text))
    assert isinstance(outcome, JobNotFound) is (JOB_ID.fullmatch(text) is None)


def test_new_job_ids_are_job_ids() -> None:
    assert requests.job_id(new_job_id())


@given(st.none() | st.integers(-(2**31), 2**31 - 1))
def test_page_sizes_are_bounded(limit: int | None) -> None:
    request = pb.ListJobsRequest(limit=limit)
    outcome = outcome_of(lambda: requests.check(request))
    is_good = limit is None or 1 <= limit <= 100
    assert outcome is None if is_good else [one.field for one in outcome.fields] == ["limit"]


@given(st.text() | st.sampled_from(Status))
def test_unknown_states_are_refused(text: str) -> None:
    outcome = outcome_of(lambda: requests.check(pb.ListJobsRequest(status=text)))
    if isinstance(outcome, InvalidRequest):
        assert [mistake.field for mistake in outcome.fields] == ["status"]
    else:
        assert text in ("", *Status)


def test_what_is_left_out_has_its_fallback() -> None:
    assert value_or_fallback(pb.ListJobsRequest(), "limit") == 20
    assert value_or_fallback(pb.ListJobsRequest(limit=7), "limit") == 7


UPLOAD = "up-1763870400000-0123456789abcdef0123456789abcdef"
OF_UPLOAD: dict[str, Any] = {
    "user_id": "user-123",
    "platforms": ["instagram-post"],
    "options": {},
    "source": {"upload_id": UPLOAD},
}


def test_a_job_of_an_upload_needs_no_prompt() -> None:
    spec = job_spec(OF_UPLOAD)
    assert spec.source == Source(upload_id=UPLOAD)
    assert spec.uploads == {"source.uploadId": UPLOAD}
    assert spec.prompt == ""


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"prompt": "short"}, "prompt"),
        ({"source": {}}, "source.uploadId"),
        ({"source": {"generation_id": "x", "upload_id": "up-1"}}, "source.generationId"),
        ({"options": {"quality": "hd"}}, "options.quality"),
        ({"options": {"model": "gpt-image-2"}}, "options.model"),
        ({"options": {"variants": 2}}, "options.variants"),
        ({"options": {"masters": "perAspect"}}, "options.masters"),
        ({"options": {"fit": "extend"}}, "options.fit"),
    ],
)
def test_what_nothing_can_be_painted_for_is_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        job_spec({**OF_UPLOAD, **more})
    assert [mistake.field for mistake in refused.value.fields] == [field]


def test_without_a_source_a_prompt_is_required() -> None:
    with pytest.raises(InvalidRequest, match="prompt is required, unless source is given"):
        job_spec({"user_id": "user-123", "platforms": ["instagram-post"], "options": {}})
