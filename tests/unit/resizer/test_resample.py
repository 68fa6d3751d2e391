"""Held against Pillow's filters in floating point, which are other code for the same formula."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from services.resizer.crop import Box, Size
from services.resizer.resample import resample
from services.resizer.saliency import Floats

MASTER = Size(width=320, height=200)
CASES = {
    "reduced": (Box(x=11, y=7, width=300, height=150), Size(width=100, height=50)),
    "reduced much": (Box(x=0, y=0, width=320, height=200), Size(width=8, height=5)),
    "enlarged": (Box(x=200, y=100, width=60, height=90), Size(width=120, height=180)),
    "the last row": (Box(x=0, y=199, width=320, height=1), Size(width=160, height=1)),
    "one pixel": (Box(x=319, y=0, width=1, height=1), Size(width=40, height=40)),
    "as it is": (Box(x=5, y=5, width=90, height=90), Size(width=90, height=90)),
}


def grainy(mode: str) -> Image.Image:
    """Every channel differs: gradients, hard edges and noise."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[: MASTER.height, : MASTER.width]
    planes = [(x + y * (n + 1)) % 200 + 50 * ((x // 40 + y // 25 + n) % 2) for n in range(4)]
    noisy = np.stack(planes, axis=2) + rng.normal(0, 8, (MASTER.height, MASTER.width, 4))
    picture = Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8), "RGBA")
    return picture.convert(mode)


def in_floats(master: Image.Image, box: Box, size: Size) -> Floats:
    method = Image.Resampling.BICUBIC if size.width > box.width else Image.Resampling.LANCZOS
    wanted = (size.width, size.height)
    bands = [
        np.asarray(band.convert("F").resize(wanted, method, box=box.edges))
        for band in split(master)
    ]
    return np.asarray(np.clip(np.stack(bands, axis=2), 0, 255))


def split(image: Image.Image) -> list[Image.Image]:
    values = np.asarray(image)
    return [Image.fromarray(values[..., band]) for band in range(values.shape[2])]


@pytest.mark.parametrize("mode", ["RGB", "RGBa"])
@pytest.mark.parametrize("case", CASES)
def test_every_pixel_is_what_the_formula_says_within_rounding(case: str, mode: str) -> None:
    box, size = CASES[case]
    master = grainy(mode)
    made = resample(master, box, size)
    assert (made.mode, made.size) == (mode, (size.width, size.height))
    off = np.abs(np.asarray(made, dtype=float) - in_floats(master, box, size))
    # Between its two passes, 8 bits cut off what swings over white or below black.
    assert float(np.sqrt(np.mean(off**2))) < 0.7
    assert off.max() < 16


def test_threads_that_cut_one_master_do_not_meet() -> None:
    master, (box, size) = grainy("RGB"), CASES["reduced"]
    before, alone = master.tobytes(), resample(master, box, size).tobytes()
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: resample(master, box, size).tobytes(), range(64))
        assert set(made) == {alone}
    assert master.tobytes() == before
