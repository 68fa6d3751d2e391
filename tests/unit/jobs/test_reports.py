import json
from typing import Any, cast

import pytest
from redis.client import PubSub

from services.common.assets import Rendition
from services.jobs import codec, keys
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.move import MAX_LOGS
from services.jobs.reports import Report
from services.jobs.values import Status
from tests.unit.jobs.shop import BOUGHT, Shop

KEPT = Checkpoint(purchases=[BOUGHT])


async def test_progress_never_falls(shop: Shop) -> None:
    claim = shop.active()
    for progress in (30, 10, 20):
        await shop.reports.report(claim.job_id, claim.token, Report(progress=progress))
    assert (await shop.reader.get(claim.job_id)).progress == 30


async def test_a_report_is_stored_and_told(shop: Shop) -> None:
    claim = shop.active()
    with cast(PubSub, cast(Any, shop.redis).pubsub()) as pubsub:
        pubsub.subscribe(keys.channel(claim.job_id))
        pubsub.get_message(timeout=5)
        report = Report(progress=10, message="Painting…", logs=("Painting begins",))
        await shop.reports.report(claim.job_id, claim.token, report)
        message = pubsub.get_message(timeout=5)
    assert message
    told = json.loads(message["data"])
    job = await shop.reader.get(claim.job_id)
    assert (job.progress, job.message, job.logs) == (10, "Painting…", ("Painting begins",))
    assert (told["type"], told["progress"], told["message"]) == ("progress", 10, "Painting…")
    assert told["sequence"] == job.sequence


async def test_what_is_already_known_is_not_told_again(shop: Shop) -> None:
    claim = shop.active()
    report = Report(progress=10, message="Painting")
    await shop.reports.report(claim.job_id, claim.token, report)
    before = (await shop.reader.get(claim.job_id)).sequence
    await shop.reports.report(claim.job_id, claim.token, report)
    assert (await shop.reader.get(claim.job_id)).sequence == before


async def test_a_checkpoint_is_there_for_the_next_attempt(shop: Shop) -> None:
    claim = shop.active()
    await shop.reports.report(claim.job_id, claim.token, Report(checkpoint=KEPT))
    shop.claims.hand_back(claim.job_id, claim.token)
    assert shop.begin(claim.job_id).checkpoint == KEPT


async def test_images_are_told_as_they_are_finished(shop: Shop) -> None:
    claim = shop.active()
    one = Rendition(
        platform="twitter-post",
        key="k",
        content_type="image/jpeg",
        width=1200,
        height=675,
        size_bytes=5,
        sha256="0",
        crop=(0, 1, 2, 3),
    )
    with cast(PubSub, cast(Any, shop.redis).pubsub()) as pubsub:
        pubsub.subscribe(keys.channel(claim.job_id))
        pubsub.get_message(timeout=5)
        await shop.reports.report(claim.job_id, claim.token, Report(progress=40))
        kept = Checkpoint(images={one.platform: one})
        report = Report(progress=75, checkpoint=kept)
        await shop.reports.report(claim.job_id, claim.token, report)
        shop.claims.hand_back(claim.job_id, claim.token)
        told = [codec.change_from_json(pubsub.get_message(timeout=5)["data"]) for _ in range(3)]
    assert [(change.status, change.images) for change in told] == [
        (Status.ACTIVE, ()),
        (Status.ACTIVE, (one,)),
        (Status.WAITING, (one,)),
    ]
    assert (await shop.reader.get(claim.job_id)).images == (one,)


async def test_a_preview_is_told_and_not_kept(shop: Shop) -> None:
    claim = shop.active()
    await shop.reports.report(claim.job_id, claim.token, Report(preview="data:image/jpeg;x"))
    assert b"preview" not in shop.redis.hgetall(keys.state(claim.job_id))


async def test_only_the_last_log_lines_are_kept(shop: Shop) -> None:
    claim = shop.active()
    for number in range(MAX_LOGS + 5):
        await shop.reports.report(claim.job_id, claim.token, Report(logs=(f"line {number}",)))
    logs = (await shop.reader.get(claim.job_id)).logs
    assert (len(logs), logs[-1]) == (MAX_LOGS, f"line {MAX_LOGS + 4}")
    assert shop.redis.ttl(keys.logs(claim.job_id)) > 0


async def test_a_report_without_the_lease_is_refused(shop: Shop) -> None:
    claim = shop.active()
    shop.moves.cancel(claim.job_id)
    with pytest.raises(LeaseLost):
        await shop.reports.report(claim.job_id, claim.token, Report(progress=50))
    assert (await shop.reader.get(claim.job_id)).progress == 0


async def test_leases_are_renewed_and_lost_ones_named(shop: Shop) -> None:
    kept, lost = shop.active(), shop.active()
    shop.lose_lease(kept.job_id)
    shop.moves.cancel(lost.job_id)
    tokens = {kept.job_id: kept.token, lost.job_id: lost.token}
    assert await shop.reports.renew(tokens) == [lost.job_id]
    until = shop.redis.zscore(keys.LEASES, kept.job_id)
    assert isinstance(until, float)
    assert until > shop.now() + 15


async def test_nothing_to_renew_asks_nobody(shop: Shop) -> None:
    assert await shop.reports.renew({}) == []
