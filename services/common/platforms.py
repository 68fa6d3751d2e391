"""The platforms that images are cut for: their ids, names and exact sizes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """One platform. `width` and `height` are pixels of its rendition."""

    id: str
    name: str
    width: int
    height: int


def _row(id: str, name: str, width: int, height: int) -> Platform:  # noqa: A002
    return Platform(id=id, name=name, width=width, height=height)


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
