"""How long to wait before retrying something that failed: the one rule for every service."""

import random
from collections.abc import Callable
from dataclasses import dataclass

_MOST_DOUBLINGS = 60
"""A larger exponent would overflow a float, and the longest pause is reached well before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Pauses that double from `first_seconds` up to `longest_seconds`, each of them jittered.

    Callers that failed together must not come back together, so a pause is drawn uniformly from
    half to one and a half times its length. Where the other side asked for a longer pause, that
    one is stretched by up to a tenth, so that nobody calls again too early.
    """

    first_seconds: float
    longest_seconds: float
    draw: Callable[[float, float], float] = random.uniform
    """Returns a number between two others; tests pass a predictable one."""

    def pause_seconds(self, failures: int, asked_seconds: float = 0.0) -> float:
        """Return how long to wait after this many failures in a row, counted from 1."""
        doublings = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
        pause = self.first_seconds * 2.0**doublings * self.draw(0.5, 1.5)
        return max(min(pause, self.longest_seconds), asked_seconds * self.draw(1.0, 1.1))
