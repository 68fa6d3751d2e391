"""How a server speaks OpenAI's image API: what it takes, and how it wants it said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.generator.sizes import RatioSizes, Shape, Sizes

SpellSize = Callable[[Shape, Sizes], Mapping[str, Any]]
"""Returns the parameters that ask for a size, one of these sizes."""


def as_size(size: Shape, sizes: Sizes) -> Mapping[str, Any]:
    """Ask as OpenAI wants it: 1024x1536; or by the ratio, where the sizes are ratios."""
    if isinstance(sizes, RatioSizes):
        return {"aspect_ratio": sizes.name(size)}
    return {"size": f"{size.width}x{size.height}"}


def as_edges(size: Shape, sizes: Sizes) -> Mapping[str, Any]:
    """Ask by two numbers."""
    return {"width": size.width, "height": size.height}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """One row of facts about a server. `source` says who says so.

    `streams` is None where only the server itself can prove it. `optional` are the parameters
    beside model, prompt and size that it takes; `more` are sent as they are. Without `sizes` the
    model's name decides.
    """

    name: str
    source: str
    streams: bool | None = None
    optional: frozenset[str] = frozenset({"quality", "safety_identifier"})
    spell_size: SpellSize = as_size
    sizes: Sizes | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    key_header: str = ""
    """A header that the key is wanted in beside Authorization."""
    instead_of: Mapping[str, str] = field(default_factory=dict)
    """Characters of a prompt that mean something to the server, and what takes their place."""


OPENAI = Dialect(name="openai", source="openai SDK 3.54, image_generate_params.py", streams=True)
