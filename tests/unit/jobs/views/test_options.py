from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import InvalidRequest
from services.common.options import FocalPoint, JobOptions
from services.common.platforms import PLATFORMS
from services.gateway.api import requests
from services.gateway.api.bounds import bounds_of
from services.jobs.values import JobSpec
from services.jobs.views import options

OPTIONS = {
    one.name: tuple(bounds_of(one).choices)
    for one in pb.JobOptions.DESCRIPTOR.fields
    if bounds_of(one).choices
}
fractions = st.floats(0, 1)
points = st.builds(pb.FocalPoint, x=fractions, y=fractions)


def spec(message: pb.JobOptions) -> JobSpec:
    return requests.job_spec(
        pb.CreateJobRequest(
            user_id="ada",
            prompt="A lighthouse in a storm",
            platforms=["twitter-post"],
            options=message,
        ),
        PLATFORMS,
    )


@given(
    st.builds(
        pb.JobOptions,
        crop=st.none() | st.sampled_from(OPTIONS["crop"]),
        format=st.none() | st.sampled_from(OPTIONS["format"]),
        focal_point=st.none() | points,
    )
)
def test_options_come_back_as_they_were_given(message: pb.JobOptions) -> None:
    shown = options.to_message(spec(message).options)
    assert (shown or pb.JobOptions()) == message


@given(points)
def test_a_focal_point_keeps_every_digit(point: pb.FocalPoint) -> None:
    kept = spec(pb.JobOptions(focal_point=point)).options.focal_point
    assert kept == FocalPoint(x=point.x, y=point.y)


def test_each_option_of_the_contract_is_one_of_the_dataclass() -> None:
    assert [one.name for one in fields(JobOptions)] == [
        one.name for one in pb.JobOptions.DESCRIPTOR.fields
    ]


@pytest.mark.parametrize(
    ("x", "y"), [(-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5), (0.5, float("inf"))]
)
def test_a_focal_point_outside_of_the_image_is_refused_by_its_name(x: float, y: float) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        spec(pb.JobOptions(focal_point=pb.FocalPoint(x=x, y=y)))
    [mistake] = refusal.value.fields
    assert mistake.field in ("options.focalPoint.x", "options.focalPoint.y")
    assert "0 to 1" in mistake.message


def test_no_options_are_shown_as_none() -> None:
    assert options.to_message(JobOptions()) is None
