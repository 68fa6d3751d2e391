"""The addresses at which clients get images: lasting ones, or links that storage signs."""

from collections.abc import Sequence
from typing import Protocol

from services.leaves.storage import StorageClient


class Links(Protocol):
    """Knows where images are."""

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the address of each key. Raises what storage raises."""
        ...


class LastingLinks:
    """Addresses below `base`, which ends without a slash."""

    def __init__(self, base: str) -> None:
        self._base = base

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """See Links."""
        return [f"{self._base}/{key}" for key in keys]


class SignedLinks:
    """Links to a private bucket, made anew each time and good for a while."""

    def __init__(self, storage: StorageClient) -> None:
        self._storage = storage

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """See Links."""
        return await self._storage.sign_links(keys)
