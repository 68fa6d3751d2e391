"""Translates a commission into the parameters that a server takes."""

import hashlib
from typing import Any

from services.generator.providers.openai.dialect import Dialect
from services.generator.providers.port import Commission
from services.generator.sizes import Sizes

STREAMING = frozenset({"stream", "partial_images"})
"""Parameters that are sent together, and refused together."""

_OPTIONAL = frozenset({"quality", "safety_identifier"})


def parameters(commission: Commission, dialect: Dialect, sizes: Sizes) -> dict[str, Any]:
    """Return the parameters besides model and prompt, less those not needed or refused."""
    found: dict[str, Any] = {
        **dialect.spell_size(commission.size, sizes),
        **dialect.more,
        "quality": commission.quality,
    }
    if commission.end_user:
        # A digest, as OpenAI asks for: it fits into 64 characters and names nobody.
        digest = hashlib.sha256(commission.end_user.encode()).hexdigest()
        found["safety_identifier"] = digest
    left_out = commission.without | (_OPTIONAL - dialect.optional)
    return {name: value for name, value in found.items() if name not in left_out}


def prompt_for(commission: Commission, dialect: Dialect) -> str:
    """Return the prompt without the characters that have a special meaning to the server."""
    return commission.prompt.translate({ord(c): s for c, s in dialect.instead_of.items()})
