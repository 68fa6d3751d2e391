"""The masters that an attempt has just stored, as long as the spool's files of them are open.

Cutting begins right after storing: reading those files again costs next to nothing, where storage
would read, hash and send the same bytes.
"""

from collections.abc import AsyncIterator

from services.common.errors import Unavailable
from services.worker.spool.spool import Held


class AtHand:
    """Holds the files of stored masters until the attempt is over."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._over = False

    def add(self, held: Held) -> None:
        """Take over a parcel that storage has. A purchase may outlive its attempt: then nobody
        needs it any more."""
        if self._over:
            held.close()
        else:
            self._held[held.parcel.key] = held

    def read(self, key: str) -> AsyncIterator[bytes] | None:
        """Return the bytes that storage has under `key`, or None if they are not at hand."""
        held = self._held.get(key)
        return _chunks(held) if held else None

    def close(self) -> None:
        """Close the files."""
        self._over = True
        for held in self._held.values():
            held.close()
        self._held.clear()


async def _chunks(held: Held) -> AsyncIterator[bytes]:
    """Yield the bytes of a parcel. Raises Unavailable: the next attempt will ask storage."""
    try:
        async for chunk in held.read():
            yield chunk
    except (OSError, EOFError) as error:
        raise Unavailable("The worker's own disk failed.") from error
