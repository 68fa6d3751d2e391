"""Links to a private bucket are signed once, and given out while they are good."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from services.common.platforms import PLATFORMS
from services.jobs.values import Change, Status
from services.jobs.views.job import Views
from services.leaves.links import SignedLinks
from services.leaves.storage import Signed
from tests.unit.jobs.shop import IMAGE


class Signer:
    """Storage, as far as links go: numbers its signatures, and notes what it was asked for."""

    def __init__(self, valid_seconds: int = 100) -> None:
        self.asked: list[list[str]] = []
        self._valid_seconds = valid_seconds

    async def sign_links(self, keys: Sequence[str]) -> Signed:
        self.asked.append([*keys])
        urls = [f"https://s3/{key}?signature={len(self.asked)}" for key in keys]
        return Signed(urls=urls, valid_seconds=self._valid_seconds)


class Clock:
    """Stands until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def links(signer: Any, clock: Clock | None = None, most: int = 10) -> SignedLinks:
    return SignedLinks(signer, clock or Clock(), most)


async def test_only_what_is_new_is_signed() -> None:
    signer = Signer()
    known = links(signer)
    first = await known.of(["a", "b"])
    assert await known.of(["b", "c", "a", "c"]) == [
        first[1],
        "https://s3/c?signature=2",
        first[0],
        "https://s3/c?signature=2",
    ]
    assert signer.asked == [["a", "b"], ["c"]]


async def test_heartbeats_of_a_watcher_ask_nobody() -> None:
    signer = Signer()
    views = Views(links(signer), PLATFORMS)
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    beat = Change(
        type="heartbeat",
        status=Status.ACTIVE,
        progress=60,
        message="",
        sequence=1,
        at=moment,
        images=(IMAGE,),
    )
    for _ in range(100):
        shown = await views.change("gen-1", "1", beat)
        assert shown.images[0].url == f"https://s3/{IMAGE.key}?signature=1"
    assert signer.asked == [[IMAGE.key]]


@pytest.mark.parametrize(("seconds", "calls"), [(89.0, 1), (91.0, 2), (101.0, 2)])
async def test_a_link_is_made_anew_before_it_expires(seconds: float, calls: int) -> None:
    signer, clock = Signer(valid_seconds=100), Clock()
    known = links(signer, clock)
    await known.of(["a"])
    clock.now += seconds
    assert await known.of(["a"]) == [f"https://s3/a?signature={calls}"]


async def test_links_of_a_storage_that_does_not_tell_how_long_are_not_kept() -> None:
    signer = Signer(valid_seconds=0)
    known = links(signer)
    assert await known.of(["a"]) != await known.of(["a"])


async def test_only_so_many_are_remembered_and_those_in_use_the_longest() -> None:
    signer = Signer()
    known = links(signer, most=2)
    for keys in (["a"], ["b"], ["a"], ["c"], ["a"], ["b"]):
        await known.of(keys)
    assert signer.asked == [["a"], ["b"], ["c"], ["b"]]


async def test_more_than_are_remembered_are_still_all_answered() -> None:
    assert len(await links(Signer(), most=2).of(["a", "b", "c"])) == 3
