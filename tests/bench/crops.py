"""Measures how much of a subject crops keep: `python -m tests.bench.crops`.

Needs the packages of requirements/bench.txt. Every picture is cut for the shape of every platform.
Counted is the share of the subject's box that is shown, of what the best box could show.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from services.common.platforms import PLATFORMS
from services.resizer.attention import look_at
from services.resizer.crop import Box, Size, choose_box
from services.resizer.faces import FrontalFaces
from services.resizer.framing import frame
from tests.bench.photographs import photographs
from tests.unit.resizer.composed import Composed, compositions, kept, possible, size_of

Crop = Callable[[Composed, Size], Box]

_SHAPES = sorted({(one.width, one.height) for one in PLATFORMS.values()})
_COMPOSED = 400


def main() -> None:
    """Print both tables."""
    ways = {"smart": _smart(FrontalFaces()), "centre": _centre, **_vips()}
    table("composed pictures", islice(compositions(seed=7, count=_COMPOSED), _COMPOSED), ways)
    table("photographs", photographs(), ways)


def table(title: str, pictures: Iterable[Composed], ways: Mapping[str, Crop]) -> None:
    """Print how much each way keeps of the subjects of `pictures`."""
    shares: dict[str, list[float]] = {name: [] for name in ways}
    count = 0
    for picture in pictures:
        count += 1
        for width, height in _SHAPES:
            target = Size(width=width, height=height)
            for name, crop in ways.items():
                box = crop(picture, target)
                shares[name].append(kept(picture, box) / possible(picture, box))
    tell(f"\n{count} {title}, {len(_SHAPES)} shapes each:")
    tell("| crop | subject kept | at least 95 % of it | less than half of it |")
    tell("|---|---|---|---|")
    for name, all_of_them in shares.items():
        number = len(all_of_them)
        mean = sum(all_of_them) / number
        most = sum(share >= 0.95 for share in all_of_them) / number
        lost = sum(share < 0.5 for share in all_of_them) / number
        tell(f"| {name} | {mean:.1%} | {most:.1%} | {lost:.1%} |")


def _smart(find_faces: FrontalFaces) -> Crop:
    seen: dict[int, object] = {}

    def crop(picture: Composed, target: Size) -> Box:
        if seen.get(0) is not picture:
            seen[0], seen[1] = picture, look_at(picture.image, find_faces)
        return frame(seen[1], size_of(picture.image), target)  # type: ignore[arg-type]

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


def tell(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
