"""Something on its way to storage: an object, and the note that says what it is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What a purchase has brought."""

    MASTER = "master"
    """An image."""
    ANSWER = "answer"
    """The image API's answer, if no image could be read in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """An object with its place in storage, and the place and content of its note.

    `master` counts the masters of the job from 1, `purchase` the purchases of that master.
    """

    job_id: str
    master: int
    purchase: int
    kind: Kind
    key: str
    content_type: str
    size_bytes: int
    sha256: str
    note_key: str
    note: Mapping[str, Any]

    @property
    def name(self) -> str:
        """A name that no other parcel has."""
        return f"{self.job_id}.{self.master}.{self.kind}.{self.purchase}"

    @property
    def note_bytes(self) -> bytes:
        """The note as storage keeps it."""
        return json.dumps(self.note).encode()

    def to_json(self) -> str:
        """Return the label of the parcel."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the parcel of a label. Raises ValueError, TypeError or KeyError."""
        raw = json.loads(text)
        return cls(**{**raw, "kind": Kind(raw["kind"])})
