from typing import Any

import pytest

from services.common.errors import InvalidRequest
from services.resizer.crop import Area, Box, Focus
from services.resizer.order import OrderLimits, RequestedRendition, ResizeOrder, check
from services.resizer.origin import Origin
from tests.unit.resizer.pictures import order, target

LIMITS = OrderLimits(max_bytes=1000, max_pixels=10_000, max_side=200)
POST = target("post", 100, 50)
LEFT = Area(left=0, top=0, right=0.5, bottom=1)


def covered(*areas: Area, max_bytes: int | None = None) -> RequestedRendition:
    return RequestedRendition(id="post", size=POST.size, covered=areas, max_bytes=max_bytes)


@pytest.mark.parametrize(
    "fine",
    [
        order(POST),
        order(POST, size_bytes=1000, format="png"),
        order(POST, format="webp", fit="contain", background="#a0B1c2"),
        order(target("a", 200, 1), target("b", 1, 200)),
        order(*(target(str(number), 10, 10) for number in range(32))),
        order(POST, crop="center", origin=Origin(model="gpt-image-2")),
        order(POST, focus=Focus(x=0, y=1)),
        order(covered(*[LEFT] * 8, max_bytes=1)),
    ],
)
def test_an_order_within_the_limits_is_accepted(fine: ResizeOrder) -> None:
    check(fine, LIMITS)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (order(POST, size_bytes=0), "size_bytes", "1 to 1000"),
        (order(POST, size_bytes=-5), "size_bytes", "1 to 1000"),
        (order(POST, size_bytes=1001), "size_bytes", "1 to 1000"),
        (order(POST, format="gif"), "targets[0].format", "jpeg, png, webp, avif"),
        (order(POST, format="JPEG"), "targets[0].format", "jpeg, png, webp, avif"),
        (order(POST, crop="entropy"), "targets[0].crop", "smart, center"),
        (order(POST, fit="fill"), "targets[0].fit", "cover, contain"),
        (order(POST, background="red"), "targets[0].background", "#1a2b3c"),
        (order(POST, background="#123456\n"), "targets[0].background", "#1a2b3c"),
        (order(POST, focus=Focus(x=1.1, y=0)), "targets[0].focal_point", "0 to 1"),
        (order(POST, focus=Focus(x=0, y=float("nan"))), "targets[0].focal_point", "0 to 1"),
        (order(POST, box=Box(x=-1, y=0, width=5, height=5)), "targets[0].box", "inside"),
        (order(POST, box=Box(x=0, y=0, width=0, height=5)), "targets[0].box", "inside"),
        (order(POST, origin=Origin(model="m" * 256)), "model", "255"),
        (order(POST, origin=Origin(model="a\x00b")), "model", "printable"),
        (order(covered(*[LEFT] * 9)), "targets[0].covered", "at most 8"),
        (
            order(covered(Area(left=0.5, top=0, right=0.5, bottom=1))),
            "targets[0].covered",
            "none of them empty",
        ),
        (order(covered(max_bytes=0)), "targets[0].max_bytes", "at least 1"),
        (order(), "targets", "1 to 32, got 0"),
        (order(*(target(str(n), 1, 1) for n in range(33))), "targets", "1 to 32, got 33"),
        (order(POST, POST), "targets[1].id", "differ"),
        (order(target("a", 0, 10)), "targets[0].width", "1 to 200 pixels"),
        (order(POST, target("a", 10, 201)), "targets[1].height", "1 to 200 pixels"),
        (order(target("a", 100, 60), target("b", 100, 60)), "targets", "10000 pixels together"),
    ],
)
def test_a_wrong_order_is_refused_with_the_field_and_the_way_out(
    wrong: ResizeOrder, field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        check(wrong, LIMITS)
    [mistake] = refusal.value.fields
    assert mistake.field == field
    assert words in mistake.message
    assert field in refusal.value.message


def test_all_mistakes_are_named_at_once() -> None:
    values: dict[str, Any] = {"format": "bmp", "fit": "fill", "size_bytes": 0}
    with pytest.raises(InvalidRequest) as refusal:
        check(order(target("a", 0, 0), **values), LIMITS)
    assert [mistake.field for mistake in refusal.value.fields] == [
        "size_bytes",
        "targets[0].width",
        "targets[0].height",
        "targets[0].format",
        "targets[0].fit",
    ]
