"""What OpenAI's image models can do, as far as their names show."""

import re

from services.generator.providers.openai.sizes import sizes_of
from services.generator.providers.port import Abilities
from services.generator.references import MAX_REFERENCES

_COMMON = ("low", "medium", "high", "auto")
_FINER = (*_COMMON, "xhigh", "max")

_FAMILIES = (
    (re.compile(r"gpt-image-2\.5-"), _FINER, True),
    (re.compile(r"gpt-image-2($|[-.])"), _COMMON, False),
)
"""Names, qualities and whether transparent backgrounds are supported, not just in preview: openai
SDK 3.54, image_generate_params.py."""

PROMPT_CHARACTERS = 32_000
"""From the same source, for all GPT image models."""

MAX_PREVIEWS = 3


def abilities_of(model: str) -> Abilities:
    """Return what `model` can do; for an unknown name, what every GPT image model can do.

    Proxies put a prefix before the name: openai/gpt-image-2.5-flare.
    """
    model = model.rpartition("/")[2]
    known = (row for row in _FAMILIES if row[0].match(model))
    _, qualities, transparency = next(known, (None, _COMMON, False))
    return Abilities(
        sizes=sizes_of(model),
        qualities=qualities,
        prompt_characters=PROMPT_CHARACTERS,
        previews=MAX_PREVIEWS,
        references=MAX_REFERENCES,
        masks=True,
        transparency=transparency,
    )
