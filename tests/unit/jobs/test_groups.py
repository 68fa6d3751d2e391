from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.options import JobOptions
from services.common.platforms import PLATFORMS
from services.common.targets import Target
from services.jobs.groups import PER_ASPECT, groups
from services.jobs.values import CustomSize, JobSpec

SETS = st.lists(st.sampled_from(sorted(PLATFORMS)), min_size=1, unique=True).map(tuple)


def job(platforms: tuple[str, ...], **options: Any) -> JobSpec:
    return JobSpec(
        user_id="ada", prompt="A lighthouse", platforms=platforms, options=JobOptions(**options)
    )


def ratio(target: Target) -> float:
    return target.width / target.height


def ids(found: Sequence[tuple[Target, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(target.id for target in group) for group in found)


def test_the_platforms_of_the_first_version_are_four_groups() -> None:
    assert ids(groups(job(tuple(PLATFORMS)[:9], masters=PER_ASPECT))) == (
        ("instagram-story", "pinterest-pin"),
        ("instagram-post",),
        ("twitter-post", "youtube-thumbnail", "facebook-post", "linkedin-post"),
        ("facebook-cover", "twitter-header"),
    )


@pytest.mark.parametrize("options", [{}, {"masters": "one"}])
def test_one_master_is_one_group_in_the_order_asked(options: dict[str, str]) -> None:
    platforms = tuple(PLATFORMS)
    assert ids(groups(job(platforms, **options))) == (platforms,)


def test_sizes_of_the_clients_own_are_grouped_with_platforms_of_their_shape() -> None:
    sizes = (
        CustomSize(name="wall", width=4000, height=1000),
        CustomSize(name="card", width=900, height=900),
    )
    spec = replace(job(("instagram-post", "twitter-post"), masters=PER_ASPECT), sizes=sizes)
    assert ids(groups(spec)) == (("instagram-post", "card"), ("twitter-post",), ("wall",))


@given(SETS)
def test_every_platform_is_in_one_group_that_shows_three_quarters_of_it(
    platforms: tuple[str, ...],
) -> None:
    found = groups(job(platforms, masters=PER_ASPECT))
    assert sorted(one for group in ids(found) for one in group) == sorted(platforms)
    for group in found:
        ratios = [ratio(target) for target in group]
        assert min(ratios) / max(ratios) >= 0.75
    # no two neighbours could have been one
    for one, other in pairwise(found):
        assert min(map(ratio, one)) / max(map(ratio, other)) < 0.75
