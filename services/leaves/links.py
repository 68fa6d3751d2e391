"""The addresses at which clients get images: permanent ones, or links that storage signs."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.leaves.storage import StorageClient

_MOST_REMEMBERED = 50_000
"""Some 700 bytes each: 35 MB."""

_USED_SHARE = 0.9
"""The share of its life for which a link is given out: its last recipient has a tenth left."""


class LastingLinks:
    """Addresses below `base`, which ends without a slash."""

    def __init__(self, base: str) -> None:
        self._base = base

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the address of each key."""
        return [f"{self._base}/{key}" for key in keys]


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    until: float


class SignedLinks:
    """Links to a private bucket. Each is valid for a while and reused for most of that time, so
    storage is not asked with every event of every watcher."""

    def __init__(
        self,
        storage: StorageClient,
        clock: Callable[[], float] = time.monotonic,
        most: int = _MOST_REMEMBERED,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._most = most
        self._known: OrderedDict[str, _Link] = OrderedDict()

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the link of each key. Raises what storage raises."""
        now = self._clock()
        links = {key: link for key in keys if (link := self._known.get(key)) and now < link.until}
        if new := [key for key in dict.fromkeys(keys) if key not in links]:
            links |= await self._sign(new)
        self._remember(links)
        return [links[key].url for key in keys]

    async def _sign(self, keys: Sequence[str]) -> dict[str, _Link]:
        began = self._clock()
        signed = await self._storage.sign_links(keys)
        until = began + signed.valid_seconds * _USED_SHARE
        return {key: _Link(url, until) for key, url in zip(keys, signed.urls, strict=True)}

    def _remember(self, links: dict[str, _Link]) -> None:
        """Remember these, and forget the least recently used."""
        for key, link in links.items():
            self._known[key] = link
            self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def open_links(storage: StorageClient, base: str, *, private: bool) -> LastingLinks | SignedLinks:
    """Return the addresses of images below `base`, or links to a private bucket."""
    return SignedLinks(storage) if private else LastingLinks(base)
