"""Real photographs of scikit-image, with boxes that a person drew around their subjects."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from services.resizer.crop import Box
from tests.unit.resizer.composed import Composed

_SUBJECTS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "astronaut.png": ("her head", (165, 20, 275, 200)),
    "camera.png": ("his head and the camera", (180, 75, 340, 225)),
    "chelsea.png": ("the cat's eyes and nose", (140, 70, 340, 260)),
    "coffee.png": ("the cup", (165, 10, 430, 240)),
    "rocket.jpg": ("the rocket", (305, 120, 345, 400)),
    "motorcycle_left.png": ("the motorcycle", (110, 90, 690, 450)),
}
"""Left, upper, right and lower edge of what nobody would cut, by file."""


def photographs() -> Iterator[Composed]:
    """Yield them. Raises ImportError without scikit-image, which carries them."""
    import skimage.data

    folder = Path(skimage.data.__file__).parent
    for name, (subject, (left, top, right, bottom)) in _SUBJECTS.items():
        image = Image.open(folder / name).convert("RGB")
        box = Box(x=left, y=top, width=right - left, height=bottom - top)
        yield Composed(name=f"{subject} in {name}", image=image, subject=box)
