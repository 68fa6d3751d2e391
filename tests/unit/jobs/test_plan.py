from dataclasses import replace

from services.common.options import JobOptions
from services.jobs.groups import PER_ASPECT
from services.jobs.plan import plan
from services.jobs.source import Source
from services.jobs.values import JobSpec

SPEC = JobSpec(user_id="ada", prompt="A lighthouse", platforms=("twitter-post", "instagram-post"))


def cut_from(spec: JobSpec) -> dict[int, tuple[str, ...]]:
    """The ids of what is cut from each master."""
    return {one.number: tuple(target.id for target in one.targets) for one in plan(spec)}


def test_one_master_is_bought_for_all_targets() -> None:
    assert cut_from(SPEC) == {1: SPEC.platforms}


def test_each_group_of_shapes_has_its_master() -> None:
    spec = replace(SPEC, options=JobOptions(masters=PER_ASPECT))
    assert cut_from(spec) == {1: ("instagram-post",), 2: ("twitter-post",)}


def test_everything_is_cut_from_the_first_variant_and_all_are_painted_alike() -> None:
    spec = replace(SPEC, options=JobOptions(variants=3))
    assert cut_from(spec) == {1: SPEC.platforms, 2: (), 3: ()}
    assert {one.shapes for one in plan(spec)} == {SPEC.targets}


def test_a_job_that_cuts_again_has_the_master_that_it_names() -> None:
    spec = replace(SPEC, source=Source(generation_id="1", master=3))
    assert cut_from(spec) == {3: SPEC.platforms}


def test_each_shape_has_its_extension_behind_the_variants() -> None:
    platforms = ("instagram-story", "twitter-post", "instagram-post", "tiktok-photo")
    spec = replace(SPEC, platforms=platforms, options=JobOptions(fit="extend", variants=2))
    assert cut_from(spec) == {
        1: (),
        2: (),
        3: ("instagram-story", "tiktok-photo"),
        4: ("instagram-post",),
        5: ("twitter-post",),
    }
    assert [one.extends for one in plan(spec)] == [False, False, True, True, True]


def test_a_picture_suits_a_shape_that_it_nearly_has() -> None:
    spec = replace(SPEC, platforms=("twitter-post",), options=JobOptions(fit="extend"))
    _, wide = plan(spec)
    assert wide.suits(1600, 900)
    assert wide.suits(1536, 864 + 8)
    assert not wide.suits(1024, 1024)
