import pytest

from services.generator.progress import EXPECTED_SECONDS
from services.generator.prompt import QUALITIES, revised_prompt


def test_the_qualities_of_the_guide_become_those_of_the_model() -> None:
    assert (QUALITIES["standard"], QUALITIES["hd"], QUALITIES[""]) == ("medium", "high", "medium")


def test_every_quality_of_a_model_has_an_expected_time() -> None:
    assert set(QUALITIES.values()) == set(EXPECTED_SECONDS)


def test_without_a_style_the_prompt_stays_as_it_is() -> None:
    assert revised_prompt("A lighthouse", "") == "A lighthouse"


@pytest.mark.parametrize("style", ["vivid", "natural"])
def test_a_style_becomes_words_behind_the_prompt(style: str) -> None:
    assert revised_prompt("A lighthouse", style).startswith(f"A lighthouse\n\nStyle: {style} ")
