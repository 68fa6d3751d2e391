"""The shapes used in cutting, and the largest box around a given point."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Width and height in pixels, both at least 1."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """The number of pixels."""
        return self.width * self.height

    @property
    def whole(self) -> "Box":
        """The box that leaves nothing out."""
        return Box(x=0, y=0, width=self.width, height=self.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class Focus:
    """The point that matters most, as fractions of width and height from the upper left."""

    x: float
    y: float


CENTRE = Focus(x=0.5, y=0.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle in pixels of the upright master; `x` and `y` are its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        """Whether it holds no pixel."""
        return min(self.width, self.height) < 1

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, upper, right and lower edge, as Pillow names a box."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    def centre_in(self, image: Size) -> Focus:
        """Return the middle of the box as a point of `image`."""
        x, y = self.x + self.width / 2, self.y + self.height / 2
        return Focus(x=x / image.width, y=y / image.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A part of a picture, in fractions of its width and height from the upper left."""

    left: float
    top: float
    right: float
    bottom: float


def choose_box(image: Size, target: Size, focus: Focus = CENTRE) -> Box:
    """Return the largest box of the target's shape, as close around `focus` as the image allows.

    Whole pixels: the shape is off by less than one pixel of the image.
    """
    width = min(image.width, max(1, round(image.height * target.width / target.height)))
    height = min(image.height, max(1, round(image.width * target.height / target.width)))
    return Box(
        x=_start(focus.x, width, image.width),
        y=_start(focus.y, height, image.height),
        width=width,
        height=height,
    )


def _start(centre: float, length: int, whole: int) -> int:
    """Where a stretch of `length` begins that has `centre` in its middle and stays inside."""
    return min(max(0, round(centre * whole - length / 2)), whole - length)
