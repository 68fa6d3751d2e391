"""How a server speaks OpenAI's image API: which parameters it takes, and in what form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.generator.references import MAX_REFERENCES
from services.generator.sizes import RatioSizes, Shape, Sizes

SpellSize = Callable[[Shape, Sizes], Mapping[str, Any]]
"""Returns the parameters that ask for a size, given the sizes on offer."""


def as_size(size: Shape, sizes: Sizes) -> Mapping[str, Any]:
    """Ask in OpenAI's form, 1024x1536, or by ratio where the sizes are ratios."""
    if isinstance(sizes, RatioSizes):
        return {"aspect_ratio": sizes.name(size)}
    return {"size": f"{size.width}x{size.height}"}


def as_edges(size: Shape, sizes: Sizes) -> Mapping[str, Any]:
    """Ask with two numbers."""
    return {"width": size.width, "height": size.height}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """One row of facts about a server. `source` says where they come from.

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
    references: int = MAX_REFERENCES
    """The most images of an edit; 0 for a server without `/images/edits`."""
    masks: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)
    key_header: str = ""
    """A header that must carry the key as well as Authorization."""
    instead_of: Mapping[str, str] = field(default_factory=dict)
    """Characters with a special meaning to the server in a prompt, and their replacements."""


OPENAI = Dialect(name="openai", source="openai SDK 3.54, image_generate_params.py", streams=True)
