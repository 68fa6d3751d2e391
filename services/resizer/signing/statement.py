"""What a manifest says of a rendition: where it comes from and what was done to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.common.version import VERSION
from services.resizer.crop import Box, Size
from services.resizer.origin import Origin

_PROVIDER = "schema.org.SoftwareApplication.provider"
"""A software agent (C2PA 2.2, generator-info-map) may have more fields than its name, and the
specification takes those of its examples from schema.org."""

PARENT = "master"
"""The label by which the actions name the master."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MasterFacts:
    """The master that a rendition was cut from."""

    origin: Origin
    content_type: str
    size: Size


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutting:
    """What was done to the master: `box` of it was brought to the size `scaled`.

    `sheet` is the size of the background that it was then put on, None without one; `labelled`
    says that a visible label was added.
    """

    title: str
    box: Box
    scaled: Size
    content_type: str
    sheet: Size | None = None
    labelled: bool = False


def definition(cutting: Cutting) -> dict[str, Any]:
    """Return the manifest of a rendition without its actions and ingredients."""
    return {
        "title": cutting.title,
        "format": cutting.content_type,
        "claim_generator_info": [{"name": "SnapAsset", "version": VERSION}],
    }


def actions(source: MasterFacts, cutting: Cutting) -> Iterator[Mapping[str, Any]]:
    """Yield the actions (C2PA 2.2, section 18.16) in the order in which they were done.

    The first one carries the source type and the model: that is where viewers look for them.
    """
    opened: dict[str, Any] = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}}
    if source.origin.model:
        opened["digitalSourceType"] = source.origin.source
        opened["softwareAgent"] = _agent(source.origin)
    yield opened
    box = cutting.box
    if box != source.size.whole:
        numbers = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        yield {"action": "c2pa.cropped", "parameters": numbers}
    if (box.width, box.height) != (cutting.scaled.width, cutting.scaled.height):
        yield {"action": "c2pa.resized", "parameters": _numbers(cutting.scaled)}
    if cutting.sheet:
        words = "Put on a background."
        yield {"action": "c2pa.edited", "description": words, "parameters": _numbers(cutting.sheet)}
    if cutting.labelled:
        yield {"action": "c2pa.addedText", "description": "A visible label says that AI made it."}
    if cutting.content_type != source.content_type:
        formats = {"from": source.content_type, "to": cutting.content_type}
        yield {"action": "c2pa.converted", "parameters": formats}


def _agent(origin: Origin) -> dict[str, str]:
    agent = {"name": origin.model}
    return {**agent, _PROVIDER: origin.provider} if origin.provider else agent


def _numbers(size: Size) -> dict[str, int]:
    return {"width": size.width, "height": size.height}
