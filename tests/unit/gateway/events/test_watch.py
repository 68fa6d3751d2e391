import asyncio
from datetime import UTC, datetime

from services.gateway.events.watch import Watch
from services.jobs.values import Change, Status


def change(sequence: int, type: str = "progress") -> Change:  # noqa: A002 - the field's name
    return Change(
        type=type,
        status=Status.ACTIVE,
        progress=sequence,
        message="",
        sequence=sequence,
        at=datetime.now(UTC),
    )


async def test_a_slow_reader_gets_the_latest_only() -> None:
    watch = Watch()
    for sequence in range(1, 100):
        watch.put(change(sequence))
    assert [c.sequence for c in await watch.next(0, 1) or ()] == [99]


async def test_the_latest_preview_comes_beside_the_latest_change_in_order() -> None:
    watch = Watch()
    for one in (change(1, "preview"), change(2, "preview"), change(3)):
        watch.put(one)
    assert [c.sequence for c in await watch.next(0, 1) or ()] == [2, 3]


async def test_what_was_seen_is_not_told_again() -> None:
    watch = Watch()
    watch.put(change(3))
    assert await watch.next(3, 0.01) == []


async def test_an_older_change_does_not_replace_a_newer_one() -> None:
    watch = Watch()
    watch.put(change(5))
    watch.put(change(4))
    assert [c.sequence for c in await watch.next(0, 1) or ()] == [5]


async def test_after_a_break_the_state_is_told_even_if_its_sequence_fell() -> None:
    watch = Watch()
    watch.put(change(9))
    await watch.next(0, 1)
    watch.begin_anew(change(7))
    assert [c.sequence for c in await watch.next(9, 1) or ()] == [7]
    watch.put(change(8))
    assert [c.sequence for c in await watch.next(7, 1) or ()] == [8]


async def test_a_reader_that_waits_is_woken_by_the_close() -> None:
    watch = Watch()
    waiting = asyncio.create_task(watch.next(0, 60))
    await asyncio.sleep(0)
    watch.close()
    assert await waiting is None
