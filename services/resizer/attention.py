"""Finds out, once for all renditions of a master, which parts of it matter."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from services.resizer.crop import Box
from services.resizer.faces import Faces, no_faces
from services.resizer.saliency import Floats, saliency

_FACES_SIDE = 384
"""Longer side of the picture in which faces are looked for: the detector finds them from about
20 pixels on, which is a twentieth of it. Smaller ones are for `saliency`, like everything else."""

_HEAT_SIDE = 96
"""Longer side of the map. With more the boxes are the same, and take longer to find."""

_FACES_SHARE = 0.75
"""How much of all attention is on faces, if there are any."""

_HAIR, _CHIN, _EARS = 0.3, 0.1, 0.25
"""What belongs to a head beyond its face, as shares of the height and the width of the face."""


def look_at(master: Image.Image, find_faces: Faces = no_faces) -> Floats:
    """Return how much each part of a master matters: a map of shape (height, width).

    Its sum is 1, or 0 when no part matters more than another. `master` is as `decode` returns it.
    Takes CPU: call it in a thread.
    """
    picture = _reduced(master, _FACES_SIDE)
    small = _reduced(picture, _HEAT_SIDE)
    heat = _shares(saliency(small))
    heads = _shares(_heads(find_faces(picture), picture.size, heat.shape))
    if not heads.any():
        return heat
    return heat * (1 - _FACES_SHARE) + heads * (_FACES_SHARE if heat.any() else 1)


def _heads(faces: Sequence[Box], size: tuple[int, int], shape: tuple[int, ...]) -> Floats:
    """Return a map with 1 wherever a head is; `faces` are in pixels of a picture of `size`."""
    heads = np.zeros(shape)
    scale = shape[1] / size[0]
    for face in faces:
        left, top, right, bottom = face.edges
        rows = _span(top - _HAIR * face.height, bottom + _CHIN * face.height, scale, shape[0])
        columns = _span(left - _EARS * face.width, right + _EARS * face.width, scale, shape[1])
        heads[rows, columns] = 1
    return heads


def _span(start: float, end: float, scale: float, length: int) -> slice:
    return slice(max(0, round(start * scale)), min(length, round(end * scale)))


def _shares(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total else values


def _reduced(image: Image.Image, side: int) -> Image.Image:
    """Return a copy in mode RGB whose longer side is at most `side`, on white."""
    scale = min(1.0, side / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.BOX, reducing_gap=1.0)
    if image.mode == "RGB":
        return image
    image = image.convert("RGBA")
    white = Image.new("RGB", size, "white")
    white.paste(image, mask=image)
    return white
