"""Translates a commission into the parameters that a server takes."""

import hashlib
from typing import Any

from services.generator.providers.openai.dialect import Dialect
from services.generator.providers.port import Commission
from services.generator.references import Reference
from services.generator.sizes import Sizes

STREAMING = frozenset({"stream", "partial_images"})
"""Parameters that are sent together, and refused together."""

ESSENTIAL = frozenset({"background"})
"""Parameters that are never left out: without them the image would not be what was ordered."""

_OPTIONAL = frozenset({"quality", "safety_identifier"})


def parameters(commission: Commission, dialect: Dialect, sizes: Sizes) -> dict[str, Any]:
    """Return the parameters besides model and prompt, less those not needed or refused."""
    found: dict[str, Any] = {
        **dialect.spell_size(commission.size, sizes),
        **dialect.more,
        "quality": commission.quality,
    }
    if commission.transparent:
        found |= {"background": "transparent", "output_format": "png"}
    if commission.end_user:
        # A digest, as OpenAI asks for: it fits into 64 characters and names nobody.
        digest = hashlib.sha256(commission.end_user.encode()).hexdigest()
        found["safety_identifier"] = digest
    left_out = commission.without | (_OPTIONAL - dialect.optional)
    return {name: value for name, value in found.items() if name not in left_out}


def files(commission: Commission) -> dict[str, Any]:
    """Return the files of an edit, by parameter, as the SDK takes them; none without references."""
    if not commission.references:
        return {}
    images = [_file(f"image-{n}", one) for n, one in enumerate(commission.references, 1)]
    # Servers that take a single image know the parameter as `image`, not as `image[]`.
    found: dict[str, Any] = {"image": images if len(images) > 1 else images[0]}
    return found | ({"mask": _file("mask", commission.mask)} if commission.mask else {})


def _file(name: str, picture: Reference) -> tuple[str, bytes, str]:
    extension = picture.content_type.removeprefix("image/")
    return f"{name}.{extension}", picture.data, picture.content_type


def prompt_for(commission: Commission, dialect: Dialect) -> str:
    """Return the prompt without the characters that have a special meaning to the server."""
    return commission.prompt.translate({ord(c): s for c, s in dialect.instead_of.items()})
