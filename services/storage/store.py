"""The port to whatever holds the bytes. Everything behind it blocks: call it in a thread."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from services.common.keys import ObjectKey
from services.common.refusal import CannotStart
from services.storage.facts import ObjectFacts
from services.storage.reading import Reading


class StoreIsSilent(CannotStart):
    """The server behind the store does not answer: it may be about to."""


class Incoming(Protocol):
    """Bytes on their way into the store, invisible until they are published."""

    def write(self, data: bytes) -> None:
        """Append bytes."""
        ...

    def publish(self, facts: ObjectFacts) -> None:
        """Make the bytes the object of their key, atomically replacing an earlier one."""
        ...

    def close(self) -> None:
        """Discard the bytes unless they are published. They also vanish if the process dies."""
        ...


class ObjectStore(Protocol):
    """Objects by key, each consisting of bytes and facts that are never separated.

    Every method, and those of what it returns, raises Unavailable when the store does not answer
    and StorageFull when it has no room.
    """

    def receive(self) -> Incoming:
        """Begin an upload."""
        ...

    def check_room(self, size_bytes: int) -> None:
        """Raise StorageFull when there is certainly no room for so many bytes."""
        ...

    def stat(self, key: ObjectKey) -> ObjectFacts:
        """Return the facts of an object. Raises ObjectNotFound."""
        ...

    def exists(self, key: ObjectKey) -> bool:
        """Return whether there is an object, damaged or not."""
        ...

    def open(self, key: ObjectKey, offset: int = 0, length: int | None = None) -> Reading:
        """Open a range, cut at the end of the object; None means up to the end.

        Facts and bytes are those of one version. Raises ObjectNotFound and RangeNotSatisfiable.
        """
        ...

    def delete(self, keys: Sequence[ObjectKey]) -> None:
        """Delete objects; one that does not exist counts as deleted."""
        ...

    def list_keys(self, folder: str, after: str, limit: int) -> list[ObjectKey]:
        """Return the first `limit` keys after `after`, in the order of their characters.

        `folder` is how they begin, and ends with a slash.
        """
        ...

    def list_folders(self, folder: str, after: str, limit: int) -> list[str]:
        """Return the first `limit` names that follow `folder` in keys, up to their next slash.

        Those after `after`, "" for all, in the order of the keys. `folder` ends with a slash or
        is "", for the segments that keys begin with.
        """
        ...


class Links(Protocol):
    """Signs links by which clients fetch objects without credentials."""

    @property
    def valid_seconds(self) -> int:
        """How long a link is valid."""
        ...

    def sign_all(self, keys: Iterable[str]) -> list[str]:
        """Return a link for each key, in their order. Raises InvalidRequest."""
        ...
