import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.assets import Advice, Purchase, Rendition
from services.common.options import FocalPoint, JobOptions, RenditionOptions
from services.common.platforms import PLATFORMS
from services.jobs import codec
from services.jobs.source import Source
from services.jobs.values import Change, CustomSize, Failure, JobSpec, Result, SentPicture, Status
from tests.unit.jobs.shop import BOUGHT, IMAGE

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
counts = st.integers(0, 2**40)
sent = st.builds(SentPicture, upload_id=texts, size_bytes=counts)
renditions = st.builds(
    Rendition,
    platform=texts,
    key=texts,
    content_type=texts,
    width=counts,
    height=counts,
    size_bytes=counts,
    sha256=texts,
    crop=st.none() | st.tuples(counts, counts, counts, counts),
    master=counts,
    kept=st.none() | st.floats(0, 1),
    advice=st.lists(
        st.builds(
            Advice,
            kind=texts,
            kept=st.none() | st.floats(0, 1),
            focal_point=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
        ),
        max_size=2,
    ).map(tuple),
)
purchases = st.builds(Purchase, master=renditions, model=texts, revised_prompt=texts)
moments = st.integers(1, 2**32 * 1000).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))
changes = st.builds(
    Change,
    type=st.sampled_from(["status", "progress", "done"]),
    status=st.sampled_from(Status),
    progress=st.integers(0, 100),
    message=texts,
    sequence=counts,
    at=moments,
    result=st.none()
    | st.builds(
        Result,
        generation_id=texts,
        purchases=st.lists(purchases, min_size=1, max_size=3).map(tuple),
        images=st.lists(renditions, max_size=3).map(tuple),
    ),
    failure=st.none() | st.builds(Failure, code=texts, message=texts, retryable=st.booleans()),
    next_run_at=st.none() | moments,
    preview=st.none() | texts,
    images=st.lists(renditions, max_size=3).map(tuple),
)


@given(changes)
def test_a_change_survives_the_way_through_redis(change: Change) -> None:
    assert codec.change_from_json(codec.change_to_json(change)) == change


@given(
    st.builds(
        JobSpec,
        user_id=texts,
        prompt=texts,
        platforms=st.lists(texts).map(tuple),
        sizes=st.lists(st.builds(CustomSize, name=texts, width=counts, height=counts)).map(tuple),
        overrides=st.dictionaries(
            texts,
            st.builds(
                RenditionOptions,
                format=texts,
                crop=st.none() | st.tuples(counts, counts, counts, counts),
                focal_point=st.none() | st.builds(FocalPoint, x=st.floats(0, 1), y=st.floats(0, 1)),
            ),
            max_size=2,
        ),
        references=st.lists(sent).map(tuple),
        mask=st.none() | sent,
        source=st.none() | st.builds(Source, generation_id=texts, master=counts),
        rows=st.lists(st.sampled_from([one.target for one in PLATFORMS.values()])).map(tuple),
        options=st.builds(
            JobOptions,
            quality=texts,
            format=texts,
            variants=st.integers(0, 4),
            focal_point=st.none() | st.builds(FocalPoint, x=st.floats(0, 1), y=st.floats(0, 1)),
        ),
    )
)
def test_a_spec_survives_the_way_through_redis(spec: JobSpec) -> None:
    assert codec.spec_from_json(json.loads(codec.dumps(codec.spec_to_json(spec)))) == spec


def test_a_spec_of_the_first_version_is_read_as_it_was_meant() -> None:
    texts_by_name = {"quality": "hd", "focal_point": "0.25,0.5"}
    kept = {"user_id": "ada", "prompt": "A boat", "platforms": ["x"], "options": texts_by_name}
    options = codec.spec_from_json(kept).options
    assert options == JobOptions(quality="hd", focal_point=FocalPoint(x=0.25, y=0.5))


def test_an_option_of_a_later_version_is_left_out() -> None:
    kept = {"user_id": "ada", "prompt": "A boat", "platforms": ["x"], "options": {"later": "x"}}
    assert codec.spec_from_json(kept).options == JobOptions()


@pytest.mark.parametrize(
    "new",
    [
        {"source": Source(generation_id="01932d4e-7f00-7abc-8def-0123456789ab", master=1)},
        {"options": JobOptions(variants=2)},
        {"options": JobOptions(fit="extend")},
        {"options": JobOptions(background="transparent")},
        {"references": (SentPicture(upload_id="up-1", size_bytes=9),)},
    ],
)
def test_an_earlier_version_finds_a_job_that_is_new_to_it_made_for_a_platform_it_lacks(
    new: dict[str, Any],
) -> None:
    spec = JobSpec(user_id="ada", prompt="A boat", platforms=("x-post",), **new)
    assert codec.spec_to_json(spec)["platforms"][0] not in PLATFORMS


def test_purchases_of_an_earlier_version_are_numbered_by_their_places() -> None:
    kept = json.loads(codec.dumps([asdict(one) for one in (BOUGHT, BOUGHT)]))
    for one in kept:
        del one["number"]
    assert [one.number for one in codec.purchases_from_json(kept)] == [1, 2]


def test_fields_of_a_later_version_do_not_hide_a_rendition() -> None:
    kept = {**asdict(IMAGE), "later": {"x": 1}}
    assert codec.rendition_from_json(kept) == IMAGE


def test_a_rendition_of_the_first_version_is_read_as_it_was_meant() -> None:
    kept = asdict(replace(IMAGE, crop=None, master=0))
    for later in ("crop", "master", "kept", "advice"):
        del kept[later]
    assert codec.rendition_from_json(kept) == replace(IMAGE, crop=None, master=0)


@given(renditions)
def test_a_rendition_survives_the_way_through_redis(rendition: Rendition) -> None:
    assert codec.rendition_from_json(json.loads(codec.dumps(asdict(rendition)))) == rendition
