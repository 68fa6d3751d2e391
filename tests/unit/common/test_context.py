"""A request has an id that every log line may hold, whatever its caller names."""

import re

import pytest

from services.common import context


@pytest.mark.parametrize("given", ["order-2024.01_24", "a" * 64, "12345678"])
def test_an_id_of_the_right_form_is_taken_over(given: str) -> None:
    context.set_request_id(given)
    assert context.request_id.get() == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "a b c d e", "12345678\n", "a" * 30_000])
def test_any_other_is_replaced(given: str) -> None:
    context.set_request_id(given)
    assert re.fullmatch(r"[0-9a-f-]{36}", context.request_id.get())
