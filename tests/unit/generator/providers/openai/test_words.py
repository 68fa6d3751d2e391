import pytest

from services.generator.orders import QUALITIES, STYLES, Order
from services.generator.providers.openai.words import quality_of
from services.generator.styles import prompt_of

MODEL = ("low", "medium", "high", "auto")


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("", "medium"),
        ("standard", "medium"),
        ("hd", "high"),
        ("low", "low"),
        ("auto", "auto"),
        ("xhigh", "high"),
        ("max", "high"),
    ],
)
def test_the_qualities_of_the_guide_become_those_of_the_model(wanted: str, given: str) -> None:
    assert quality_of(wanted, MODEL) == given


def test_every_quality_of_an_order_becomes_one_of_the_model() -> None:
    assert {quality_of(word, MODEL) for word in QUALITIES} == set(MODEL)


def test_a_finer_quality_is_kept_for_a_model_that_knows_it() -> None:
    assert quality_of("xhigh", (*MODEL, "xhigh")) == "xhigh"


def test_without_a_style_the_prompt_stays_as_it_is() -> None:
    assert prompt_of(Order(prompt="A lighthouse")) == "A lighthouse"


@pytest.mark.parametrize("style", STYLES)
def test_a_style_becomes_words_behind_the_prompt(style: str) -> None:
    assert prompt_of(Order(prompt="A lighthouse", style=style)).startswith(
        f"A lighthouse\n\nStyle: {style} "
    )
