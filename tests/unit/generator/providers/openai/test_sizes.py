import pytest

from services.generator.providers.openai.sizes import FREE, STANDARD, sizes_of


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2-2026-04-21"])
def test_a_model_that_takes_any_size_is_known(model: str) -> None:
    assert sizes_of(model) is FREE


@pytest.mark.parametrize("model", ["gpt-image-1.5", "chatgpt-image-latest", "gpt-image-20", "sdxl"])
def test_a_model_of_unknown_sizes_is_asked_for_a_standard_one(model: str) -> None:
    assert sizes_of(model) is STANDARD
