"""How the leaves' contracts state the facts about an image."""

from typing import Any

from services.common.assets import Facts


def facts_of(header: Any) -> Facts:
    """Return the facts about an image from the header that announces it."""
    return Facts(
        content_type=header.content_type,
        width=header.width,
        height=header.height,
        size_bytes=header.size_bytes,
        sha256=header.sha256,
    )
