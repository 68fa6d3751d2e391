"""Measures how much of a subject crops keep: `python -m tests.bench.crops`.

Needs the packages of requirements/bench.txt, and for sharp and smartcrop Node with those of
tests/bench/contenders. Every picture is cut for the shape of every platform. Counted is the share
of the subject's box that is shown, of what the best box could show; of subjects that are taller
than the box, how much of their heads; and of two subjects that would fit, how often both are whole.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from services.common.platforms import PLATFORMS
from services.resizer.attention import Attention, look_at
from services.resizer.crop import Box, Size, choose_box
from services.resizer.detectors import open_faces
from services.resizer.faces import Faces
from services.resizer.framing import frame
from tests.bench.photographs import photographs
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

_SHAPES = [
    Size(width=width, height=height)
    for width, height in sorted({(one.width, one.height) for one in PLATFORMS.values()})
]
_COMPOSED, _PAIRS = 400, 200
_PEERS = Path(__file__).with_name("contenders") / "crops.mjs"
_SECONDS = 1800


def main() -> None:
    """Print a table for each kind of picture."""
    for title, pictures in (
        ("composed pictures", compositions(seed=7, count=_COMPOSED)),
        ("pictures of two subjects", pairs(seed=7, count=_PAIRS)),
        ("photographs", photographs()),
    ):
        table(title, list(pictures))


def table(title: str, pictures: Sequence[Composed]) -> None:
    """Print how much each way keeps of the subjects of `pictures`."""
    ways = {"smart": _smart(open_faces()), "centre": _centre, **_vips(), **_node(pictures)}
    tell(f"\n{len(pictures)} {title}, {len(_SHAPES)} shapes each:")
    tell("| crop | subject kept | at least 95 % | less than half | heads kept | both whole |")
    tell("|---|---|---|---|---|---|")
    for name, crop in ways.items():
        cuts = [(one, crop(one, shape)) for one in pictures for shape in _SHAPES]
        shares = [kept(one, box) / possible(one, box) for one, box in cuts]
        heads = [head_kept(one, box) for one, box in cuts if one.subject.height > box.height]
        whole = [
            min(kept(one, box), kept(one.second, box)) >= _WHOLE
            for one, box in cuts
            if one.second and both_fit(one, box)
        ]
        cells = (
            mean(shares),
            mean([share >= _MOST for share in shares]),
            mean([share < _HALF for share in shares]),
            mean(heads),
            mean(whole),
        )
        tell(f"| {name} | {' | '.join(cells)} |")


_WHOLE, _MOST, _HALF = 0.999, 0.95, 0.5


def mean(values: Sequence[float]) -> str:
    """Return their mean in percent, "-" for none."""
    return f"{sum(values) / len(values):.1%}" if values else "-"


def _smart(find_faces: Faces) -> Crop:
    seen: dict[int, Attention] = {}

    def crop(picture: Composed, target: Size) -> Box:
        if id(picture) not in seen:
            seen[id(picture)] = look_at(picture.image, find_faces)
        found = seen[id(picture)]
        return frame(found.heat, size_of(picture.image), target, faces=found.faces)

    return crop


def _centre(picture: Composed, target: Size) -> Box:
    return choose_box(size_of(picture.image), target)


def _vips() -> dict[str, Crop]:
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


def _node(pictures: Sequence[Composed]) -> dict[str, Crop]:
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


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
