"""Crops: how much of a subject they keep, against other ways to cut: `make bench ONLY=crops`.

Every picture is cut for every shape that platforms have. Counted is the share of the subject's box
that is shown, of what the best box could show; of subjects that are taller than the box, how much
of their heads; and of two subjects that would fit, how often both are whole.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from deploy.local.standin.painter.painting import paint
from services.common.platforms import PLATFORMS
from services.resizer.attention import Attention, look_at
from services.resizer.crop import Box, Size, choose_box
from services.resizer.detectors import open_faces
from services.resizer.faces import Faces
from services.resizer.framing import frame
from tests.bench.figures import OURS, Result, Row
from tests.bench.photographs import photographs
from tests.bench.stage import Plan
from tests.unit.resizer.composed import (
    Composed,
    both_fit,
    compositions,
    head_kept,
    kept,
    pairs,
    possible,
    size_of,
)

Crop = Callable[[Composed, Size], Box]
Kept = Mapping[str, Sequence[float]]

PART = "Crops"

_SHAPES = list(
    {
        round(one.width / one.height, 1): Size(width=one.width, height=one.height)
        for one in PLATFORMS.values()
    }.values()
)
"""One for each ratio of width to height that platforms have, to a tenth."""

_COMPOSED, _PAIRS, _QUICK = 200, 100, 20
_PEERS = Path(__file__).with_name("contenders") / "crops.mjs"
_SECONDS = 1800
_WHOLE, _MOST, _HALF = 0.999, 0.95, 0.5


async def measure(plan: Plan) -> Result:
    """Print a table for each kind of picture; the rows say what is kept, in percent."""
    rows: list[Row] = []
    composed = _QUICK if plan.quick else _COMPOSED
    two = _QUICK if plan.quick else _PAIRS
    for title, pictures in (
        ("composed pictures", list(compositions(seed=7, count=composed))),
        ("pictures of two subjects", list(pairs(seed=7, count=two))),
        ("photographs", list(photographs())),
    ):
        kept_by = {name: keeps(pictures, crop) for name, crop in ways(pictures, plan.tell).items()}
        plan.tell(f"\n{len(pictures)} {title}, {len(_SHAPES)} shapes each:")
        table(kept_by, plan.tell)
        rows += [
            Row(
                part=PART,
                what=f"{what} in {title}",
                unit="%",
                taken={name: [100 * mean(one[what])] for name, one in kept_by.items()},
                more_is_better=True,
            )
            for what in (KEPT, HEADS, BOTH)
            if kept_by[OURS][what]
        ]
    return Result(rows=rows, notes=[cost(plan)])


KEPT, MOST, LESS, HEADS, BOTH = (
    "subject kept",
    "at least 95 %",
    "less than half",
    "heads kept",
    "both whole",
)


def keeps(pictures: Sequence[Composed], crop: Crop) -> Kept:
    """Return what one way keeps: a list of 0 to 1 for each thing that is counted."""
    cuts = [(one, crop(one, shape)) for one in pictures for shape in _SHAPES]
    shares = [kept(one, box) / possible(one, box) for one, box in cuts]
    return {
        KEPT: shares,
        MOST: [float(share >= _MOST) for share in shares],
        LESS: [float(share < _HALF) for share in shares],
        HEADS: [head_kept(one, box) for one, box in cuts if one.subject.height > box.height],
        BOTH: [
            float(min(kept(one, box), kept(one.second, box)) >= _WHOLE)
            for one, box in cuts
            if one.second and both_fit(one, box)
        ],
    }


def table(
    kept_by: Mapping[str, Mapping[str, Sequence[float]]], tell: Callable[[str], None]
) -> None:
    """Print what each way keeps."""
    names = (KEPT, MOST, LESS, HEADS, BOTH)
    tell(f"| crop | {' | '.join(names)} |")
    tell("|---" * (len(names) + 1) + "|")
    for way, found in kept_by.items():
        cells = (f"{mean(found[name]):.1%}" if found[name] else "-" for name in names)
        tell(f"| {way} | {' | '.join(cells)} |")


def ways(pictures: Sequence[Composed], tell: Callable[[str], None]) -> dict[str, Crop]:
    """Return every way to cut that this machine has, ours first."""
    found = {OURS: _smart(open_faces()), "centre": _centre}
    return {**found, **_vips(tell), **_node(pictures, tell)}


def cost(plan: Plan) -> str:
    """Return what looking at a picture and placing a box cost, in words."""
    picture, find_faces = paint("A lighthouse in a storm", 1536, 1024), open_faces()
    size, target = size_of(picture), Size(width=1200, height=675)
    seen = look_at(picture, find_faces)
    rounds = 5 if plan.quick else 50
    looking = _cpu_ms(lambda: look_at(picture, find_faces), rounds)
    without = _cpu_ms(lambda: look_at(picture), rounds)
    placing = _cpu_ms(lambda: frame(seen, size, target), rounds)
    return (
        f"CPU ms a picture: look at it {looking:.1f}, of which faces {looking - without:.1f}; "
        f"and for each rendition: place the box {placing:.1f}"
    )


def _cpu_ms(do: Callable[[], object], rounds: int) -> float:
    began = time.thread_time()
    for _ in range(rounds):
        do()
    return 1000 * (time.thread_time() - began) / rounds


def _smart(find_faces: Faces) -> Crop:
    seen: dict[int, Attention] = {}

    def crop(picture: Composed, target: Size) -> Box:
        if id(picture) not in seen:
            seen[id(picture)] = look_at(picture.image, find_faces)
        return frame(seen[id(picture)], size_of(picture.image), target)

    return crop


def _centre(picture: Composed, target: Size) -> Box:
    return choose_box(size_of(picture.image), target)


def _vips(tell: Callable[[str], None]) -> dict[str, Crop]:
    try:
        import pyvips
    except (ImportError, OSError):
        tell("pyvips is missing: install requirements/bench.txt")
        return {}

    def way(interesting: str) -> Crop:
        def crop(picture: Composed, target: Size) -> Box:
            box, image = choose_box(size_of(picture.image), target), picture.image
            pixels = pyvips.Image.new_from_memory(
                image.tobytes(), image.width, image.height, 3, "uchar"
            ).copy(interpretation="srgb")
            found = pixels.smartcrop(box.width, box.height, interesting=interesting)
            return Box(x=-found.xoffset, y=-found.yoffset, width=box.width, height=box.height)

        return crop

    return {"libvips attention": way("attention"), "libvips entropy": way("entropy")}


def _node(pictures: Sequence[Composed], tell: Callable[[str], None]) -> dict[str, Crop]:
    """Return the crops of sharp and smartcrop, which are asked for all pictures at once."""
    with TemporaryDirectory() as folder:
        files = [str(Path(folder, f"{number}.png")) for number in range(len(pictures))]
        for picture, file in zip(pictures, files, strict=True):
            picture.image.save(file)
        shapes = [{"width": one.width, "height": one.height} for one in _SHAPES]
        task = Path(folder, "task.json")
        task.write_text(json.dumps({"pictures": files, "shapes": shapes}))
        command = ["node", str(_PEERS), str(task)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=_SECONDS
            )
        except (OSError, subprocess.CalledProcessError):
            tell("sharp or smartcrop is missing: run npm ci in tests/bench/contenders")
            return {}
    found = iter(json.loads(done.stdout))
    boxes = {(id(one), shape): next(found) for one in pictures for shape in _SHAPES}
    return {name: _told(boxes, key) for name, key in _NODE.items()}


_NODE = {"sharp attention": "attention", "smartcrop": "smartcrop"}


def _told(boxes: Mapping[tuple[int, Size], Mapping[str, Mapping[str, float]]], key: str) -> Crop:
    def crop(picture: Composed, target: Size) -> Box:
        size, place = size_of(picture.image), boxes[id(picture), target][key]
        box = choose_box(size, target)
        x = min(max(0, round(place["x"])), size.width - box.width)
        y = min(max(0, round(place["y"])), size.height - box.height)
        return Box(x=x, y=y, width=box.width, height=box.height)

    return crop
