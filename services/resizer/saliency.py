"""Finds what draws the eye first: a small map of how much each part of a picture stands out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Floats = NDArray[np.float64]
Levels = NDArray[np.uint8]
Counts = NDArray[np.intp]

_COLOURS = 24
"""How many colours a picture is described by; with twice as many, nothing is found better."""

_ALIKE = 12.0
"""Up to about this distance in Lab, two colours belong to one thing in different light."""

_UNLIKE = 60.0
"""Beyond this distance, a larger one is not more striking."""

_EMPHASIS = 1.5
"""One thing that stands out counts for more than two that stand out half as much."""

_GATHERED = 0.22
"""How far a thing's pixels are from its middle, as a share of the shorter side."""


def saliency(small: Image.Image) -> Floats:
    """Return a map of the shape (height, width): 0 for background, 1 for what stands out most.

    All zero for a picture without a subject. `small` is RGB; its resolution determines the cost.

    Combines two signs, both found in the picture itself: colours that are unlike the others and in
    one place away from the border, and edges where the rest is calm.
    """
    heat = (_colours(small) + _edges(small)) / 2
    heat = _blurred(heat, max(small.size) / 60)
    return _above_background(heat)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Places:
    """Where each colour of a picture is: sums over its pixels, one entry a colour."""

    count: Floats
    border: Floats
    moments: Floats
    """Sums of x, y and x² + y² in shorter sides: one row each."""


def _colours(small: Image.Image) -> Floats:
    """How far each pixel's colour is from all others, by how gathered it is.

    The first half is global contrast (Cheng et al., Global Contrast Based Salient Region
    Detection, 2011); what is spread wide or fills the border is a background after all.
    """
    reduced = small.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    index = np.asarray(reduced, dtype=np.intp)
    used = np.unique(index)
    index = np.searchsorted(used, index)
    palette = np.array(reduced.getpalette(), dtype=np.float64).reshape(-1, 3)[used]
    colours = _lab(palette)
    places = _places(index, len(used))
    distance = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    share = places.count / places.count.sum()
    unlike = np.minimum(distance, _UNLIKE) @ share
    # Shades of one thing are gathered where the whole thing is.
    alike = np.exp(-((distance / _ALIKE) ** 2))
    count = alike @ places.count
    x, y, squares = (alike @ moment / count for moment in places.moments)
    spread = np.maximum(0, squares - x * x - y * y)
    gathered = np.exp(-spread / (2 * _GATHERED**2))
    border = (alike @ places.border) / places.border.sum()
    outside = border / np.maximum(0.02, count / places.count.sum())
    weight = unlike * gathered / (1 + 2 * outside)
    return np.asarray(weight[index] / max(5.0, weight.max()))


def _places(index: Counts, colours: int) -> _Places:
    def sums(weights: Any = None) -> Floats:
        flat = None if weights is None else np.broadcast_to(weights, index.shape).ravel()
        return np.bincount(index.ravel(), flat, colours).astype(np.float64)

    side = min(index.shape)
    y, x = np.ogrid[: index.shape[0], : index.shape[1]]
    x, y = x / side, y / side
    edge = np.zeros(index.shape)
    edge[[0, -1]] = 1
    edge[:, [0, -1]] = 1
    return _Places(
        count=sums(), border=sums(edge), moments=np.stack([sums(x), sums(y), sums(x * x + y * y)])
    )


def _edges(small: Image.Image) -> Floats:
    """Edges of brightness and colour above what is usual in the picture: not those of texture."""
    channels = np.pad(np.asarray(small.convert("YCbCr")), ((1, 1), (1, 1), (0, 0)), mode="edge")
    most, least = (_of_three(_of_three(channels, 0, pick), 1, pick) for pick in _EXTREMES)
    steps = (most - least).sum(axis=2, dtype=np.float64)
    edges = _blurred(np.minimum(1, steps / 255), max(small.size) / 40)
    edges = np.maximum(0, edges - np.quantile(edges, 0.6))
    return np.asarray(edges / max(0.08, edges.max()))


_EXTREMES = (np.maximum, np.minimum)


def _of_three(values: Levels, axis: int, pick: np.ufunc) -> Levels:
    """Return the most or the least of each three neighbours; two fewer along the axis."""
    moved = np.moveaxis(values, axis, 0)
    return np.moveaxis(pick(pick(moved[:-2], moved[1:-1]), moved[2:]), 0, axis)


def _above_background(heat: Floats) -> Floats:
    """Half of a picture or more is background, and a few hundredths of difference are noise."""
    base, most = np.quantile(heat, 0.5), heat.max()
    if most - base < 0.04:
        return np.zeros(heat.shape)
    return np.asarray((np.maximum(0, heat - base) / (most - base)) ** _EMPHASIS)


def _blurred(values: Floats, radius: float) -> Floats:
    image = Image.fromarray(np.rint(values * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float64) / 255


def _lab(colours: Floats) -> Floats:
    """Return sRGB colours of 0 to 255 (one a row) in CIE Lab, white D65 (IEC 61966-2-1, CIE 15)."""
    values = colours / 255
    linear = np.where(values > 0.04045, ((values + 0.055) / 1.055) ** 2.4, values / 12.92)
    xyz = linear @ _TO_XYZ.T / _TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""From linear sRGB (IEC 61966-2-1)."""
