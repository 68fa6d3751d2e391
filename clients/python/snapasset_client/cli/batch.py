"""The command that runs a campaign: it sends the rows of a CSV file, follows all jobs together, and
writes where their images are.

Run again, it goes on: rows with images stay as they are, jobs that exist are followed, and the rest
is sent. Rows that were sent and not noted, because this program died, are sent with the same
Idempotency-Key, so that nothing is bought twice.
"""

import argparse
import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from snapasset.gateway.v1 import batches_pb2 as bat

from ..client import SnapAsset
from ..errors import SnapAssetError
from .campaign import Row, read_campaign
from .lists import owner
from .results import Outcome, read_results, write_results
from .screen import Screen, counted

DONE, NOT_ALL_COMPLETED = 0, 3
_AT_ONCE = 100
_STREAMS = 20
_GONE = "BATCH_NOT_FOUND"
_STOPPED = "The jobs go on. Run the same command again to go on with the rest."
_NO_ROOM = ("JOB_LIMIT_EXCEEDED", "QUEUE_FULL")
"""What is refused with these codes may be accepted once other jobs have ended."""


async def batch(client: SnapAsset, asked: argparse.Namespace, screen: Screen) -> int:
    """Run a campaign."""
    platforms = {one.id for one in await client.platforms()}
    rows = read_campaign(asked.file, asked.user, platforms)
    results = asked.results or asked.file.with_name(f"{asked.file.stem}.results.csv")
    known = read_results(results)
    outcomes = {row.mark: known.get(row.mark, Outcome()) for row in rows}
    new: Sequence[Row] = [row for row in rows if not outcomes[row.mark].job_id]
    if kept := len(rows) - len(new):
        screen.say(f"{counted(kept, 'row')} sent before, {len(new)} to send")
    try:
        while True:
            held_up = await _send_all(client, asked.urgency, new, outcomes)
            write_results(results, [(row, outcomes[row.mark]) for row in rows])
            await _follow(client, screen, outcomes)
            await _find_images(client, asked, outcomes)
            if len(held_up) in (0, len(new)):
                break
            new = held_up
    except asyncio.CancelledError:
        screen.say(_STOPPED)
        raise
    finally:
        write_results(results, [(row, outcomes[row.mark]) for row in rows])
    return _sum_up(screen, results, rows, outcomes)


async def _send_all(
    client: SnapAsset, urgency: str, rows: Sequence[Row], outcomes: Mapping[str, Outcome]
) -> Sequence[Row]:
    """Create the jobs of rows while there is room for them; return the rows that found none."""
    for first in range(0, len(rows), _AT_ONCE):
        chunk = rows[first : first + _AT_ONCE]
        await _send(client, urgency, chunk, outcomes)
        if full := [row for row in chunk if outcomes[row.mark].error.startswith(_NO_ROOM)]:
            return [*full, *rows[first + _AT_ONCE :]]
    return []


async def _send(
    client: SnapAsset, urgency: str, rows: Sequence[Row], outcomes: Mapping[str, Outcome]
) -> None:
    """Create the jobs of at most 100 rows."""
    for row in rows:
        row.order.urgency = urgency
    key = hashlib.sha256("\n".join([urgency, *(row.mark for row in rows)]).encode()).hexdigest()
    answer = await client.create_batch([row.order for row in rows], idempotency_key=key)
    for entry in answer.jobs:
        if not 0 <= entry.index < len(rows):
            continue
        outcome = outcomes[rows[entry.index].mark]
        if entry.HasField("error"):
            outcome.status = "refused"
            outcome.error = f"{entry.error.code}: {entry.error.message}"
        else:
            outcome.status, outcome.error = "waiting", ""
            outcome.job_id, outcome.batch_id = entry.job_id, answer.batch_id


async def _follow(client: SnapAsset, screen: Screen, outcomes: Mapping[str, Outcome]) -> None:
    """Watch all batches that have not ended, as one progress."""
    open_ones = {one.batch_id for one in outcomes.values() if one.batch_id and not one.settled}
    settled = sum(one.settled and one.batch_id not in open_ones for one in outcomes.values())
    states: dict[str, bat.BatchState] = {}

    turns = asyncio.Semaphore(_STREAMS)

    async def watch(batch_id: str) -> None:
        try:
            async with turns:
                async for event in client.watch_batch(batch_id):
                    states[batch_id] = event.state
                    screen.whole(event, *_progress(states.values(), settled, len(outcomes)))
        except SnapAssetError as error:
            if error.code != _GONE:
                raise

    await asyncio.gather(*map(watch, sorted(open_ones)))
    for batch_id in sorted(open_ones & states.keys()):
        page = await client.get_batch(batch_id)
        by_id = {job.job_id: job for job in page.jobs}
        for outcome in outcomes.values():
            if job := by_id.get(outcome.job_id):
                outcome.status = job.status
                failed = job.HasField("error")
                outcome.error = f"{job.error.code}: {job.error.message}" if failed else ""


def _progress(states: Collection[bat.BatchState], settled: int, rows: int) -> tuple[int, str]:
    """Return how far the whole campaign is, in percent and in words: `settled` of its rows are in
    none of these batches."""
    counts = [state.counts for state in states]
    ended = settled + sum(one.completed + one.failed + one.cancelled for one in counts)
    done = 100 * settled + sum(state.progress * state.total for state in states)
    return done // max(1, rows), f"{ended} of {counted(rows, 'job')} ended"


async def _find_images(
    client: SnapAsset, asked: argparse.Namespace, outcomes: Mapping[str, Outcome]
) -> None:
    """Look up the images of completed jobs in the history, where a page has those of 100 jobs."""
    wanted = {
        one.job_id: one for one in outcomes.values() if one.status == "completed" and not one.images
    }
    if not wanted:
        return
    async for generation in client.generations(user_id=owner(asked)):
        if outcome := wanted.pop(generation.job_id, None):
            outcome.images = list(generation.images)
        if not wanted:
            return


def _sum_up(
    screen: Screen, results: Path, rows: Sequence[Row], outcomes: Mapping[str, Outcome]
) -> int:
    for row in rows:
        outcome = outcomes[row.mark]
        if not outcome.settled:
            why = f": {outcome.error}" if outcome.error else ""
            screen.say(f"line {row.line}: {outcome.status or 'not sent'}{why}")
    done = sum(outcome.settled for outcome in outcomes.values())
    screen.say(f"{done} of {counted(len(rows), 'row')} completed; results in {results}")
    return DONE if done == len(rows) else NOT_ALL_COMPLETED
