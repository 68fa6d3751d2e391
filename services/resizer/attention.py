"""Finds out, once for all renditions of a master, which parts of it matter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from services.resizer.crop import Area, Box
from services.resizer.faces import Faces, no_faces
from services.resizer.heads import FACE, FACES_SHARE, HEAD, around
from services.resizer.saliency import Floats, saliency
from services.resizer.seams import NO_SEAMS, Seams, seams

_FACES_SIDE = 384
"""Longer side of the picture in which faces are looked for: the detector finds them from about
20 pixels on, which is a twentieth of it. Smaller ones are for `saliency`, like everything else."""

_HEAT_SIDE = 96
"""Longer side of the map. With more the boxes are the same, and take longer to find."""

_BESIDE_FACE = 0.3
"""How much hair and ears matter, compared with the face."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """What matters in a picture.

    `heat` is a map of shape (height, width), how much each part matters: its sum is 1, or 0 when no
    part matters more than another. `faces` reach from forehead to chin.
    """

    heat: Floats
    faces: Sequence[Area] = ()
    seams: Seams = NO_SEAMS


def look_at(master: Image.Image, find_faces: Faces = no_faces) -> Attention:
    """Return what matters in a master, which is as `decode` returns it.

    Takes CPU: call it in a thread.
    """
    picture = _reduced(master, _FACES_SIDE)
    small = _reduced(picture, _HEAT_SIDE)
    heat = _shares(saliency(small))
    areas = [_area(box, picture) for box in find_faces(picture)]
    faces = [area for area in areas if area.left < area.right and area.top < area.bottom]
    if faces:
        heads = _shares(_heads(faces, heat.shape))
        heat = heat * (1 - FACES_SHARE) + heads * (FACES_SHARE if heat.any() else 1)
    return Attention(heat=heat, faces=faces, seams=seams(small, heat))


def _area(box: Box, picture: Image.Image) -> Area:
    """Return the part of the picture that the box covers; it may lie partly outside."""
    left, upper, right, lower = box.edges
    return Area(
        left=max(0.0, left / picture.width),
        top=max(0.0, upper / picture.height),
        right=min(1.0, right / picture.width),
        bottom=min(1.0, lower / picture.height),
    )


def _heads(faces: Sequence[Area], shape: tuple[int, ...]) -> Floats:
    """Return a map with 1 wherever a face is, and less on what else belongs to a head."""
    heads = np.zeros(shape)
    for part, value in ((HEAD, _BESIDE_FACE), (FACE, 1.0)):
        for area in (around(face, part) for face in faces):
            rows = _span(area.top, area.bottom, shape[0])
            columns = _span(area.left, area.right, shape[1])
            heads[rows, columns] = np.maximum(heads[rows, columns], value)
    return heads


def _span(start: float, end: float, length: int) -> slice:
    """Return the cells of a side between two places of 0 to 1: one at least."""
    first = min(round(start * length), length - 1)
    return slice(first, max(first + 1, round(end * length)))


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
