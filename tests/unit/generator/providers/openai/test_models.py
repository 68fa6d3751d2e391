import pytest

from services.generator.providers.openai.models import abilities_of


@pytest.mark.parametrize(
    ("model", "finer", "transparency"),
    [
        ("gpt-image-2.5-flare", True, True),
        ("gpt-image-2.5-sunburst-2026-09-08", True, True),
        ("openai/gpt-image-2.5-flare", True, True),
        ("gpt-image-2.6-flare", False, False),
        ("gpt-image-2", False, False),
        ("sdxl", False, False),
    ],
)
def test_what_a_model_can_is_known_by_its_name(model: str, finer: bool, transparency: bool) -> None:
    able = abilities_of(model)
    assert ({"xhigh", "max"} <= set(able.qualities)) is finer
    assert able.transparency is transparency
    assert able.prompt_characters == 32_000
