"""The step that cuts the masters: one rendition for each platform."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from services.common.errors import Unavailable
from services.common.platforms import PLATFORMS
from services.jobs.checkpoint import stored
from services.jobs.groups import groups
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.record import remember
from services.worker.pipeline.runner import StepReporter
from services.worker.pipeline.work import Work

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}


async def cut(work: Work, report: StepReporter) -> None:
    """Cut and store one rendition for each platform that has none yet."""
    images = work.checkpoint.images
    for number, group in enumerate(groups(work.spec), 1):
        if missing := [platform for platform in group if platform not in images]:
            await _cut(work, report, number, missing)
    if len(images) < len(work.spec.platforms):
        raise Unavailable("The resizer did not cut all images.")
    await remember(work)


async def _cut(work: Work, report: StepReporter, number: int, missing: Sequence[str]) -> None:
    """Cut the platforms that are missing from master `number`."""
    images, parts = work.checkpoint.images, len(work.spec.platforms) + 1  # the record is the last
    purchase = work.checkpoint.purchases[number - 1]
    await _announce(report, missing[0])
    master = work.ports.store.get(purchase.master.key)
    wishes = Wishes(options=work.spec.options, model=purchase.model)
    cuts = work.ports.resizer.resize(master, purchase.master.size_bytes, missing, wishes)
    async with aclosing(cast(Any, master)), aclosing(cast(Any, cuts)):
        async for one in cuts:
            await _keep(work, number, one)
            await report.save(done=Fraction(len(images), parts))
            if left := [platform for platform in missing if platform not in images]:
                await _announce(report, left[0])


async def _keep(work: Work, number: int, one: Cut) -> None:
    platform, facts = PLATFORMS[one.platform], one.facts
    extension = _EXTENSIONS[facts.content_type]
    key = f"{work.folder}{platform.id}-{facts.width}x{facts.height}.{extension}"
    await work.ports.store.put(key, facts.content_type, one.chunks, facts.size_bytes, facts.sha256)
    image = replace(stored(platform.id, key, facts), crop=one.crop, master=number)
    work.checkpoint.images[platform.id] = image


async def _announce(report: StepReporter, platform: str) -> None:
    await report.log(f"Processing {PLATFORMS[platform].name}...")
