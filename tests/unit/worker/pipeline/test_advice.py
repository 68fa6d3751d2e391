"""What is said about a crop that loses much of the picture, and when nothing is."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from services.common.assets import Advice, Facts
from services.leaves.resizer import Cut
from services.worker.pipeline.advice import advice
from tests.unit.jobs.shop import MASTER

CONTAIN = Advice(kind="contain", kept=1.0)
SHAPE = Advice(kind="perAspect")


async def nothing() -> AsyncIterator[bytes]:
    yield b""


def cut(kept: float | None, could: float | None, height: int = 675) -> Cut:
    facts = Facts(content_type="image/jpeg", width=1200, height=height, size_bytes=1, sha256="")
    point = (0.25, 0.5) if could and could > (kept or 0) else None
    return Cut(
        target="x",
        facts=facts,
        crop=(0, 0, 1, 1),
        chunks=nothing(),
        kept=kept,
        could_keep=could,
        better_focal_point=point,
    )


def around(kept: float) -> Advice:
    return Advice(kind="focalPoint", kept=kept, focal_point=(0.25, 0.5))


@pytest.mark.parametrize(
    ("rendition", "told"),
    [
        (cut(0.8, 1.0), ()),
        (cut(None, None), ()),
        (cut(0.5, 0.9), (around(0.9), CONTAIN)),
        (cut(0.5, 0.7), (around(0.7), SHAPE, CONTAIN)),
        (cut(0.5, 0.54), (SHAPE, CONTAIN)),
        (cut(0.5, 0.5), (SHAPE, CONTAIN)),
        (cut(0.5, 0.5, height=1200), (CONTAIN,)),
    ],
)
def test_only_what_helps_is_advised(rendition: Cut, told: tuple[Advice, ...]) -> None:
    assert advice(rendition, MASTER) == told
    assert advice(replace(rendition, kept=0.95), MASTER) == ()
