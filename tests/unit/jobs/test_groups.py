from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.options import JobOptions
from services.common.platforms import PLATFORMS
from services.jobs.groups import PER_ASPECT, groups
from services.jobs.values import JobSpec

SETS = st.lists(st.sampled_from(sorted(PLATFORMS)), min_size=1, unique=True).map(tuple)


def job(platforms: tuple[str, ...], **options: Any) -> JobSpec:
    return JobSpec(
        user_id="ada", prompt="A lighthouse", platforms=platforms, options=JobOptions(**options)
    )


def ratio(platform: str) -> float:
    return PLATFORMS[platform].width / PLATFORMS[platform].height


def test_all_platforms_are_four_groups() -> None:
    assert groups(job(tuple(PLATFORMS), masters=PER_ASPECT)) == (
        ("instagram-story", "pinterest-pin"),
        ("instagram-post",),
        ("twitter-post", "youtube-thumbnail", "facebook-post", "linkedin-post"),
        ("facebook-cover", "twitter-header"),
    )


@pytest.mark.parametrize("options", [{}, {"masters": "one"}])
def test_one_master_is_one_group_in_the_order_asked(options: dict[str, str]) -> None:
    platforms = tuple(PLATFORMS)
    assert groups(job(platforms, **options)) == (platforms,)


@given(SETS)
def test_every_platform_is_in_one_group_that_shows_three_quarters_of_it(
    platforms: tuple[str, ...],
) -> None:
    found = groups(job(platforms, masters=PER_ASPECT))
    assert sorted(platform for group in found for platform in group) == sorted(platforms)
    for group in found:
        ratios = [ratio(platform) for platform in group]
        assert min(ratios) / max(ratios) >= 0.75
    # no two neighbours could have been one
    for one, other in pairwise(found):
        assert min(map(ratio, one)) / max(map(ratio, other)) < 0.75
