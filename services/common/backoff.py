"""How long to wait before something that failed is tried again: the one rule for all of us."""

import random
from collections.abc import Callable
from dataclasses import dataclass

_MOST_DOUBLINGS = 60
"""More would overflow a float long after the longest pause has been reached."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Pauses that double from `first_seconds` up to `longest_seconds`, each of them jittered.

    Those that failed together must not come back together, so a pause is drawn evenly from
    between one and three halves of its length, or stretched by up to a tenth where the other
    side asked for a longer one: never before it asked to be called again.
    """

    first_seconds: float
    longest_seconds: float
    draw: Callable[[float, float], float] = random.uniform
    """Returns a number between two others; tests pass one that they know."""

    def pause_seconds(self, failures: int, asked_seconds: float = 0.0) -> float:
        """Return how long to wait after so many failures in a row, counted from 1."""
        doublings = min(max(failures, 1) - 1, _MOST_DOUBLINGS)
        pause = self.first_seconds * 2.0**doublings * self.draw(0.5, 1.5)
        return max(min(pause, self.longest_seconds), asked_seconds * self.draw(1.0, 1.1))
