"""Finds the image in an answer of the Gemini API.

The shapes are those of google-genai 3.6 (types.GenerateContentResponse), read leniently: what is
paid for is not lost to what stands beside it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.common.charge import Charge
from services.common.errors import ModerationBlocked, ProviderBadAnswer
from services.generator.providers.google.faults import REFUSED, blocked, failure
from services.generator.providers.port import CallFailed, Painted, RawAnswer, Usage
from services.generator.web.spellings import from_base64, from_json


def painted_in(raw: RawAnswer) -> Painted:
    """Return the image in a complete answer. Raises CallFailed."""
    unreadable = CallFailed(failure(ProviderBadAnswer), Charge.CHARGED, raw if raw.data else None)
    try:
        said = from_json(raw.data)
        images = [from_base64(text) for text in _images(said)]
    except ValueError as error:
        raise unreadable from error
    if images:
        return Painted(image=images[-1], raw=raw, usage=_usage(said))
    if _reason(said, "promptFeedback", "blockReason") in REFUSED:
        raise blocked()
    if any(_reason(one, "finishReason") in REFUSED for one in _objects(said, "candidates")):
        raise CallFailed(failure(ModerationBlocked), Charge.CHARGED, raw)
    raise unreadable


def _images(said: Any) -> Iterator[str]:
    """Yield the base64 of every image; where a model thinks in pictures, the last one counts."""
    for candidate in _objects(said, "candidates"):
        for part in _objects(candidate.get("content"), "parts"):
            data = part.get("inlineData") or part.get("inline_data")
            if isinstance(data, Mapping) and isinstance(data.get("data"), str):
                yield data["data"]


def _objects(value: Any, name: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(name) if isinstance(value, Mapping) else None
    for one in found if isinstance(found, list) else ():
        if isinstance(one, Mapping):
            yield one


def _reason(value: Any, *path: str) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _usage(said: Any) -> Usage | None:
    counted = said.get("usageMetadata") if isinstance(said, Mapping) else None
    if not isinstance(counted, Mapping):
        return None
    into = _count(counted, "promptTokenCount")
    out = _count(counted, "candidatesTokenCount") + _count(counted, "thoughtsTokenCount")
    return Usage(input_tokens=into, output_tokens=out, total_tokens=into + out)


def _count(counted: Mapping[str, Any], name: str) -> int:
    number = counted.get(name)
    return min(max(number, 0), 2**31 - 1) if isinstance(number, int) else 0
