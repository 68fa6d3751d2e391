"""The grammar of the switches, and which calls a fault hits."""

import pytest

from deploy.local.standin.faults import Faults
from deploy.local.standin.switches import (
    SwitchError,
    Switches,
    pairs_in_headers,
    pairs_in_prompt,
    read_pairs,
    switches_from,
    without_directives,
)


def test_pairs_are_separated_by_spaces_commas_or_semicolons() -> None:
    expected = {"fail": "rate_limit", "times": "2", "key": "a b"}
    assert read_pairs('fail=rate_limit, times=2; key="a b"') == expected


def test_a_header_and_a_directive_set_the_same_pairs() -> None:
    headers = pairs_in_headers({"X-Standin-Retry-After": "3", "accept": "*/*"})
    assert headers == pairs_in_prompt("A boat [standin: retry_after=3] at sea")
    assert headers == {"retry_after": "3"}


def test_a_directive_is_not_part_of_the_picture() -> None:
    assert without_directives("A boat [standin: fail=empty]") == "A boat"


@pytest.mark.parametrize(
    "text",
    [
        "fail=nonsense",
        "nope=1",
        "delay=-1",
        "delay=nan",
        "times=-1",
        "probability=2",
        "late=perhaps",
        "care=none",
        "just words",
    ],
)
def test_a_wrong_switch_is_named(text: str) -> None:
    with pytest.raises(SwitchError):
        switches_from(read_pairs(text))


def test_a_fault_heals_after_its_times_for_each_key() -> None:
    faults, switches = Faults(), Switches(fail=("empty",), times=2)
    assert [faults.choose(switches, "a") for _ in range(4)] == ["empty", "empty", "none", "none"]
    assert faults.choose(switches, "b") == "empty"


def test_a_key_joins_different_prompts() -> None:
    faults, switches = Faults(), Switches(fail=("empty",), times=1, key="k")
    assert [faults.choose(switches, prompt) for prompt in "ab"] == ["empty", "none"]


def test_chaos_is_the_same_for_the_same_seed_in_any_order() -> None:
    switches = Switches(fail=("empty", "broken"), probability=0.3, seed="7")
    prompts = [f"prompt {number}" for number in range(400)]
    first, second = Faults(), Faults()
    forward = {prompt: first.choose(switches, prompt) for prompt in prompts}
    backward = {prompt: second.choose(switches, prompt) for prompt in reversed(prompts)}
    assert forward == backward
    hit = [fault for fault in forward.values() if fault != "none"]
    assert 80 <= len(hit) <= 160
    assert set(hit) == {"empty", "broken"}
