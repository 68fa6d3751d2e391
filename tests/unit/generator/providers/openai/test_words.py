import pytest

from services.generator.orders import QUALITIES, STYLES
from services.generator.providers.openai.words import prompt_of, quality_of


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("", "medium"), ("standard", "medium"), ("hd", "high"), ("low", "low"), ("auto", "auto")],
)
def test_the_qualities_of_the_guide_become_those_of_the_model(wanted: str, given: str) -> None:
    assert quality_of(wanted) == given


def test_every_quality_of_an_order_becomes_one_of_a_model() -> None:
    assert {quality_of(word) for word in QUALITIES} == {"low", "medium", "high", "auto"}


def test_without_a_style_the_prompt_stays_as_it_is() -> None:
    assert prompt_of("A lighthouse", "") == "A lighthouse"


@pytest.mark.parametrize("style", STYLES)
def test_a_style_becomes_words_behind_the_prompt(style: str) -> None:
    assert prompt_of("A lighthouse", style).startswith(f"A lighthouse\n\nStyle: {style} ")
