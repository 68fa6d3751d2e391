from dataclasses import replace

import pytest

from services.common.errors import InvalidRequest
from services.generator.needs import able
from services.generator.orders import Order
from services.generator.providers.port import Abilities
from services.generator.references import Reference
from services.generator.sizes import SQUARE, ListedSizes

PLAIN = Abilities(sizes=ListedSizes((SQUARE,)), qualities=("high",), prompt_characters=20)
ABLE = {
    "plain": PLAIN,
    "wordy": replace(PLAIN, prompt_characters=200),
    "editor": replace(PLAIN, references=3),
    "masker": replace(PLAIN, references=2, masks=True),
    "glass": replace(PLAIN, transparency=True),
}
ORDER = Order(prompt="A lighthouse")
PICTURE = Reference()


class Shop:
    """Knows what its models can do, and nothing else."""

    def abilities(self, model: str) -> Abilities:
        return ABLE[model]


def names(order: Order, *models: str) -> list[str]:
    shop = Shop()
    candidates = [(shop, model) for model in models or ABLE]
    return [model for _, model in able(candidates, order)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (ORDER, [*ABLE]),
        (replace(ORDER, prompt="A lighthouse in a storm at night"), ["wordy"]),
        (replace(ORDER, references=(PICTURE,)), ["editor", "masker"]),
        (replace(ORDER, references=(PICTURE,) * 3), ["editor"]),
        (replace(ORDER, references=(PICTURE,), mask=PICTURE), ["masker"]),
        (replace(ORDER, references=(PICTURE,), extends=True), ["masker"]),
        (replace(ORDER, transparent=True), ["glass"]),
    ],
)
def test_only_models_that_can_make_an_order_are_asked(order: Order, found: list[str]) -> None:
    assert names(order) == found


@pytest.mark.parametrize(
    ("order", "field", "words"),
    [
        (replace(ORDER, references=(PICTURE,) * 4), "references", "must be at most 3"),
        (replace(ORDER, references=(PICTURE,), mask=PICTURE), "mask", "edits without masks"),
        (replace(ORDER, transparent=True), "transparent", "no transparent backgrounds"),
    ],
)
def test_what_no_model_can_do_is_refused_by_its_name(order: Order, field: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        names(order, "plain", "editor")
    assert [one.field for one in refused.value.fields] == [field]
    assert words in refused.value.message
