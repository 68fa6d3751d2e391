"""How alike two pictures look."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_WINDOW = 8
_STEADY = (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""What keeps the quotient steady where a window is flat (Wang et al., 2004)."""


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Return the mean structural similarity of the luma of two pictures of one size, up to 1.

    Wang et al., Image Quality Assessment: From Error Visibility to Structural Similarity, 2004;
    with even windows of 8 x 8 pixels side by side.
    """
    a, b = _windows(one), _windows(other)
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=1)
    covariance = ((a - mean_a[:, None]) * (b - mean_b[:, None])).mean(axis=1)
    first, second = _STEADY
    likeness = (2 * mean_a * mean_b + first) * (2 * covariance + second)
    likeness /= (mean_a**2 + mean_b**2 + first) * (a.var(axis=1) + b.var(axis=1) + second)
    return float(likeness.mean())


def _windows(image: Image.Image) -> NDArray[np.float64]:
    values = np.asarray(image.convert("L"), dtype=np.float64)
    rows, columns = (side // _WINDOW for side in values.shape)
    values = values[: rows * _WINDOW, : columns * _WINDOW]
    return values.reshape(rows, _WINDOW, columns, _WINDOW).swapaxes(1, 2).reshape(-1, _WINDOW**2)
