"""The step that cuts the masters: one rendition for each platform."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from services.common.errors import Unavailable
from services.common.platforms import PLATFORMS
from services.jobs.groups import groups
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.checkpoint import stored
from services.worker.pipeline.run import Run

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}


async def cut(run: Run) -> None:
    """Cut and store one rendition for each platform that has none yet."""
    images = run.checkpoint.images
    for number, group in enumerate(groups(run.spec), 1):
        if missing := [platform for platform in group if platform not in images]:
            await _cut(run, number, missing)
    if len(images) < len(run.spec.platforms):
        raise Unavailable("The resizer did not cut all images.")
    await run.remember()


async def _cut(run: Run, number: int, missing: Sequence[str]) -> None:
    """Cut the platforms that are missing from master `number`."""
    images, wanted = run.checkpoint.images, len(run.spec.platforms)
    purchase = run.checkpoint.purchases[number - 1]
    await _announce(run, missing[0])
    master = run.ports.store.get(purchase.master.key)
    wishes = Wishes(options=run.spec.options, model=purchase.model)
    cuts = cast(Any, run.ports.resizer.resize(master, purchase.master.size_bytes, missing, wishes))
    async with aclosing(cast(Any, master)), aclosing(cuts):
        async for one in cuts:
            await _keep(run, number, one)
            await run.save(progress=50 + 50 * len(images) // (wanted + 1))
            if left := [platform for platform in missing if platform not in images]:
                await _announce(run, left[0])


async def _keep(run: Run, number: int, one: Cut) -> None:
    platform, facts = PLATFORMS[one.platform], one.facts
    extension = _EXTENSIONS[facts.content_type]
    key = f"{run.folder}{platform.id}-{facts.width}x{facts.height}.{extension}"
    await run.ports.store.put(key, facts.content_type, one.chunks, facts.size_bytes, facts.sha256)
    image = replace(stored(platform.id, key, facts), crop=one.crop, master=number)
    run.checkpoint.images[platform.id] = image


async def _announce(run: Run, platform: str) -> None:
    await run.tell(f"Processing {PLATFORMS[platform].name}...")
