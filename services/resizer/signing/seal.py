"""Signs the renditions of one master."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from services.resizer.signing.pen import CannotSign, Pen
from services.resizer.signing.stamps import Stamps
from services.resizer.signing.statement import Cutting, MasterFacts, actions, definition

_SLACK = 256
"""What the numbers in a manifest may differ by: they are as long as their values need."""


class Seal(Protocol):
    """Signs the renditions of one master."""

    @property
    def name(self) -> str:
        """Return who signs."""

    def added_bytes(self, file: bytes, cutting: Cutting) -> int:
        """Return by how much `sign` makes a file longer at most; `file` is one of that format."""

    def sign(self, file: bytes, cutting: Cutting) -> bytes | None:
        """Return the signed file; None if it cannot be signed and need not be.

        Takes CPU: call it in a thread. Raises SigningUnavailable.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Pens:
    """The pens of one identity, the one that asks for time stamps if there is an authority."""

    plain: Pen
    stamping: Pen | None
    stamps: Stamps


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialSeal:
    """A Seal of content credentials. `parent` is the master, as `Pen.parent` returns it.

    `refused` is called with each failure; it may raise.
    """

    name: str
    source: MasterFacts
    parent: bytes
    pens: Pens
    refused: Callable[[CannotSign], None]

    def added_bytes(self, file: bytes, cutting: Cutting) -> int:
        """See Seal."""
        try:
            added = len(self._signed_by(self.pens.plain, file, cutting)) - len(file)
        except CannotSign:
            return 0  # then nothing will be added
        if self.pens.stamping:
            added += self.pens.stamping.reserved_bytes - self.pens.plain.reserved_bytes
        return added + _SLACK

    def sign(self, file: bytes, cutting: Cutting) -> bytes | None:
        """See Seal."""
        plain = partial(self._signed_by, self.pens.plain, file, cutting)
        try:
            if self.pens.stamping is None:
                return plain()
            stamped = partial(self._signed_by, self.pens.stamping, file, cutting)
            return self.pens.stamps.sign(stamped, plain)
        except CannotSign as error:
            self.refused(error)
            return None

    def _signed_by(self, pen: Pen, file: bytes, cutting: Cutting) -> bytes:
        return pen.sign(
            file,
            cutting.content_type,
            definition(cutting),
            actions(self.source, cutting),
            self.parent,
        )
