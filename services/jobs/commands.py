"""Commands that one script runs together, after it has made sure that it may."""

from typing import Any


class Commands:
    """Gathers commands in the order in which they are to be run.

    Beside those of Redis there is PUSH, which puts a job in line: see `functions/run.lua`.
    """

    def __init__(self) -> None:
        self.words: list[Any] = []
        """What a script takes: of each command the number of its words, then the words."""

    def add(self, *words: Any) -> None:
        """Add a command."""
        self.words += (len(words), *words)
