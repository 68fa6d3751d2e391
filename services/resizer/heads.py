"""What belongs to the head of a person, and which parts of it are given up first."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.resizer.crop import Area
from services.resizer.things import Thing

FACES_SHARE = 0.75
"""How much of all attention is on faces, if there are any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a head: how far it goes beyond the face, as shares of the face's height and width.

    `weight`: how much more it counts than another thing. Half a face is worth less than none.
    """

    above: float = 0.0
    below: float = 0.0
    beside: float = 0.0
    weight: float = 1.2


HEAD = Part(above=0.3, below=0.1, beside=0.25, weight=0.8)
FACE = Part()
EYES_TO_MOUTH = Part(above=-0.2, below=-0.05, beside=-0.1, weight=2.0)
PARTS = (HEAD, FACE, EYES_TO_MOUTH)
"""From what is given up first to what is kept to the last."""


def around(face: Area, part: Part) -> Area:
    """Return where that part of the head of `face` is; an area of a picture."""
    wide, high = face.right - face.left, face.bottom - face.top
    return Area(
        left=max(0.0, face.left - part.beside * wide),
        top=max(0.0, face.top - part.above * high),
        right=min(1.0, face.right + part.beside * wide),
        bottom=min(1.0, face.bottom + part.below * high),
    )


def head_things(faces: Sequence[Area], part: Part, *, upright: bool) -> list[Thing]:
    """Return that part of each head: where it is down the picture if `upright`, else across."""
    total = sum(_size(face) for face in faces)
    found = []
    for face in faces:
        area = around(face, part)
        start, end = (area.top, area.bottom) if upright else (area.left, area.right)
        weight = part.weight * FACES_SHARE * _size(face) / total
        found.append(Thing(start=start, end=end, weight=weight))
    return found


def _size(face: Area) -> float:
    return (face.right - face.left) * (face.bottom - face.top)
