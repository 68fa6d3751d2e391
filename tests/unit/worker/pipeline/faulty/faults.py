"""Faults that are due at a call: it fails or its process dies, before or after it took effect."""

from collections.abc import Mapping

from services.common.errors import (
    Unavailable,
)

FAULTS = ("fail before", "fail after", "die before", "die after")
HANGS = ("late by 1", "late by 5", "late by 20")
"""The process hangs and is taken for dead; its call takes effect so many calls later."""


class Died(BaseException):
    """The process is gone; nothing of ours runs any more."""


class Faults:
    """Counts the calls of all parts, and breaks those that `faults` numbers."""

    faults: Mapping[int, str]
    objects: dict[str, bytes]
    late: list[tuple[int, str, bytes]]
    calls: int

    def fault(self) -> str:
        self.calls += 1
        for due, key, data in list(self.late):
            if due <= self.calls:
                self.objects[key] = data
                self.late.remove((due, key, data))
        return self.faults.get(self.calls, "none")

    def before(self, fault: str) -> None:
        if fault == "fail before":
            raise Unavailable("It does not answer.")
        if fault == "die before":
            raise Died

    def after(self, fault: str) -> None:
        if fault == "fail after":
            raise Unavailable("It did not answer.")
        if fault == "die after" or fault in HANGS:
            raise Died

    def point(self) -> None:
        """A moment at which a call may break."""
        fault = self.fault()
        self.before(fault)
        self.after(fault)

    def dying(self, *, before: bool) -> None:
        """A moment at which nothing can fail but the process."""
        fault = self.fault()
        if fault == ("die before" if before else "die after") or fault in HANGS:
            raise Died
