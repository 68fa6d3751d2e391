"""Commands that one script runs together, once it has checked that it may."""

from typing import Any


class Commands:
    """Collects commands in the order in which they are to be run.

    Besides those of Redis there is PUSH, which puts a job in line: see `functions/run.lua`.
    """

    def __init__(self) -> None:
        self.words: list[Any] = []
        """The arguments for a script: for each command the number of its words, then the words."""

    def add(self, *words: Any) -> None:
        """Add a command."""
        self.words += (len(words), *words)
