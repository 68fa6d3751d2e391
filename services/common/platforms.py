"""The platforms that images are cut for: their ids, names, exact sizes and what they hide."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Covered:
    """A part that the platform hides: each edge is 0 to 1 of the width or height, from above."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """One platform. `width` and `height` are pixels of its rendition.

    `covered` are the parts that it hides, `max_bytes` is the longest file that it takes.
    """

    id: str
    name: str
    width: int
    height: int
    covered: tuple[Covered, ...] = ()
    max_bytes: int | None = None


def _area(left: float, top: float, right: float, bottom: float) -> Covered:
    return Covered(left=left, top=top, right=right, bottom=bottom)


COVERED: dict[str, tuple[Covered, ...]] = {
    "instagram-story": (_area(0, 0, 1, 0.14), _area(0, 0.8, 1, 1)),
    "twitter-header": (_area(0, 0, 1, 0.12), _area(0, 0.88, 1, 1), _area(0.02, 0.6, 0.27, 0.88)),
    "facebook-cover": (_area(0, 0, 0.16, 1), _area(0.84, 0, 1, 1)),
    "youtube-thumbnail": (_area(0.85, 0.85, 1, 1),),
}
"""What is hidden of an image where it is shown.

- Stories: 14 % above (the account) and 20 % below (the reply field); Meta's ads guide, "Facebook
  Stories" and "Instagram Stories", design recommendations.
- X headers: up to 60 of 500 pixels above and below, by the width of the window, and a quarter of
  the width on the lower left, where the upper half of the profile picture lies.
- Facebook covers: phones show 640x360, which is 555 of the 820 pixels; Facebook's help pages on
  the size of cover photos.
- YouTube: the length of the video, on the lower right.
"""


_MB = 1_000_000

MAX_BYTES: dict[str, int] = {
    "instagram-post": 8 * _MB,
    "instagram-story": 8 * _MB,
    "twitter-post": 5 * _MB,
    "twitter-header": 5 * _MB,
    "facebook-post": 4 * _MB,
    "facebook-cover": 100_000,
    "linkedin-post": 5 * _MB,
    "youtube-thumbnail": 2 * _MB,
    "pinterest-pin": 20 * _MB,
}
"""The longest file that each platform takes, in bytes.

- Instagram: 8 MB; Instagram Platform, reference of IG User Media, image specifications.
- X: 5 MB; X API, "Media", size restrictions. Headers: the same in its own apps.
- Facebook: photos under 4 MB, Graph API, reference of Page Photos; covers under 100 kB, which load
  fastest, help pages on cover photos.
- LinkedIn: 5 MB; LinkedIn help, "Image specifications for your LinkedIn posts".
- YouTube: 2 MB; YouTube Data API, Thumbnails: set. (Its newest pages say 50 MB.)
- Pinterest: 20 MB; Pinterest product specs, static Pins on the web.
"""


def _row(id: str, name: str, width: int, height: int) -> Platform:  # noqa: A002
    return Platform(
        id=id,
        name=name,
        width=width,
        height=height,
        covered=COVERED.get(id, ()),
        max_bytes=MAX_BYTES.get(id),
    )


PLATFORMS: dict[str, Platform] = {
    platform.id: platform
    for platform in (
        _row("instagram-post", "Instagram Post", 1080, 1080),
        _row("instagram-story", "Instagram Story", 1080, 1920),
        _row("twitter-post", "Twitter Post", 1200, 675),
        _row("twitter-header", "Twitter Header", 1500, 500),
        _row("facebook-post", "Facebook Post", 1200, 630),
        _row("facebook-cover", "Facebook Cover", 820, 312),
        _row("linkedin-post", "LinkedIn Post", 1200, 627),
        _row("youtube-thumbnail", "YouTube Thumbnail", 1280, 720),
        _row("pinterest-pin", "Pinterest Pin", 1000, 1500),
    )
}
"""Every platform by id, in the order in which they are listed."""
