import pytest

from services.common.errors import InvalidRequest
from services.generator.orders import Order, check
from services.generator.sizes import Shape

SHAPE = Shape(width=1080, height=1080)


@pytest.mark.parametrize(
    "order",
    [
        Order(prompt="x"),
        Order(prompt="x" * 32_000, quality="hd", style="vivid", previews=3),
        Order(prompt="x", targets=(Shape(width=1, height=8192),) * 32),
    ],
)
def test_orders_within_the_limits_pass(order: Order) -> None:
    check(order)


@pytest.mark.parametrize(
    ("order", "fields"),
    [
        (Order(prompt=""), ["prompt"]),
        (Order(prompt=" \n"), ["prompt"]),
        (Order(prompt="x" * 32_001), ["prompt"]),
        (Order(prompt="x", targets=(SHAPE,) * 33), ["targets"]),
        (Order(prompt="x", targets=(SHAPE, Shape(width=0, height=9))), ["targets[1].width"]),
        (Order(prompt="x", targets=(Shape(width=9, height=8193),)), ["targets[0].height"]),
        (Order(prompt="x", quality="best"), ["quality"]),
        (Order(prompt="x", style="Vivid"), ["style"]),
        (Order(prompt="x", previews=4), ["previews"]),
        (Order(prompt="x", purchase_key="a b"), ["purchaseKey"]),
        (Order(prompt="x", purchase_key="k" * 201), ["purchaseKey"]),
        (Order(prompt="", style="?", previews=-1), ["prompt", "style", "previews"]),
    ],
)
def test_every_mistake_is_named_by_its_field(order: Order, fields: list[str]) -> None:
    with pytest.raises(InvalidRequest) as raised:
        check(order)
    assert [mistake.field for mistake in raised.value.fields] == fields
