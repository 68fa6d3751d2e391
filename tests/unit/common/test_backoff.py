from hypothesis import given
from hypothesis import strategies as st

from services.common.backoff import Backoff


def middle(low: float, high: float) -> float:
    return (low + high) / 2


def test_pauses_double_until_the_longest() -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=10, draw=middle)
    assert [backoff.pause_seconds(number) for number in range(1, 7)] == [1, 2, 4, 8, 10, 10]


@given(failures=st.integers(min_value=0, max_value=10**9))
def test_a_pause_is_never_longer_than_the_longest(failures: int) -> None:
    assert 0 < Backoff(first_seconds=0.2, longest_seconds=5).pause_seconds(failures) <= 5


@given(asked=st.floats(min_value=10, max_value=3600), failures=st.integers(1, 100))
def test_nobody_comes_back_before_it_was_asked_to(asked: float, failures: int) -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=10)
    assert asked <= backoff.pause_seconds(failures, asked) <= asked * 1.1


def test_those_that_failed_together_do_not_come_back_together() -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=10)
    assert len({backoff.pause_seconds(1) for _ in range(20)}) > 1
    assert len({backoff.pause_seconds(1, 60) for _ in range(20)}) > 1
