"""What an image is cut for: a platform of a table, or a size that a client names."""

from dataclasses import dataclass

FORMATS = ("jpeg", "png", "webp", "avif")
"""The formats in which a rendition can be written; the first is the default."""

TRANSPARENT_FORMATS = ("png", "webp", "avif")
"""Those that have transparency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """A hidden part of an image: each edge is 0 to 1 of its width or height, from the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A rendition to make. `id` is unique in its job, `width` and `height` are in pixels.

    `covered` lists the parts that are hidden where the rendition is shown; `max_bytes` is the
    size that its file should not exceed.
    """

    id: str
    name: str
    width: int
    height: int
    covered: tuple[Covered, ...] = ()
    max_bytes: int | None = None

    @property
    def pixels(self) -> int:
        """How many pixels it has."""
        return self.width * self.height


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform(Target):
    """A row of a table of platforms. `formats` are those that the platform accepts.

    `source` says where its rules are published, `as_of` when they were read: year and month.
    """

    network: str = ""
    formats: tuple[str, ...] = FORMATS
    source: str = ""
    as_of: str = ""

    @property
    def target(self) -> Target:
        """What is cut for it."""
        return Target(**{name: getattr(self, name) for name in Target.__slots__})
