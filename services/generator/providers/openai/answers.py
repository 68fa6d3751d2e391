"""Finds the image in what an image API answers: a JSON object, a stream of events, a picture."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from services.generator.providers.openai.complaints import Complaint, complaint_in
from services.generator.providers.port import Usage
from services.generator.web.spellings import from_base64, from_json, is_data_url, tame
from services.generator.web.sse import EventDecoder, ServerSentEvent

MAX_REVISED_PROMPT = 32_000
_MAX_INT32 = 2**31 - 1

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
"""The first bytes of files that some servers send instead of JSON; AVIF is known by `ftyp`."""

_EVENT_FIELDS = (b"data:", b"event:", b":", b"retry:", b"id:")

_IDLE = ("ping", "heartbeat", "keepalive", "keep-alive")
"""Events that only keep a connection open."""


class Finding(NamedTuple):
    """An image: its bytes, or the address that it is at. `rough` is one that is not finished."""

    image: bytes | str
    rough: bool = False
    revised_prompt: str = ""
    usage: Usage | None = None


class Unclear(NamedTuple):
    """An event that we do not understand, but that may still hold an image."""


def is_picture(data: bytes) -> bool:
    """Return whether an answer is the image file itself."""
    return data.startswith(PICTURES) or data[4:8] == b"ftyp"


def is_stream(content_type: str, start: bytes = b"") -> bool:
    """Return whether an answer is a stream of events, by its media type or by how it begins."""
    named = content_type.partition(";")[0].strip().lower() == "text/event-stream"
    return named or start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_EVENT_FIELDS)


def finding_in(value: Any, usage: object = None) -> Finding | None:
    """Return the image that an object or one of its `data` holds. Raises ValueError."""
    if not isinstance(value, Mapping):
        return None
    counted = value.get("usage", usage)
    items = value.get("data")
    for item in items if isinstance(items, list) else [value]:
        if isinstance(item, Mapping) and (image := _image_in(item)):
            revised = tame(item.get("revised_prompt"), MAX_REVISED_PROMPT)
            return Finding(image, revised_prompt=revised, usage=_usage(counted))
    return None


def finding_of_event(event: ServerSentEvent) -> Finding | Complaint | Unclear | None:
    """Return what an event of a stream brings: an image, an error, or nothing for us."""
    if event.data.strip() == "[DONE]":
        return None
    try:
        value = from_json(event.data.encode(errors="replace"))
    except ValueError:
        return None  # the text of a ping
    if not isinstance(value, Mapping):
        return None
    kind = str(value.get("type") or event.name)
    rough = "partial" in kind
    try:
        if finding := finding_in(value):
            return finding._replace(rough=rough)
    except ValueError:
        return Finding(b"", rough=True) if rough else Unclear()
    if kind == "error" or value.get("error"):
        return complaint_in(value)
    return None if kind in _IDLE else Unclear()


def finding_in_answer(data: bytes, content_type: str) -> Finding | Complaint | None:
    """Return the finished image in a complete answer, or its error. Raises ValueError."""
    if is_picture(data):
        return Finding(data)
    if not is_stream(content_type, data[:200]):
        return _finding_in_object(data)
    decoder = EventDecoder()
    for event in _events(decoder, data):
        found = finding_of_event(event)
        if isinstance(found, Complaint) or (isinstance(found, Finding) and not found.rough):
            return found
    return _finding_in_object("\n".join(decoder.strays).encode()) if decoder.strays else None


def _events(decoder: EventDecoder, data: bytes) -> Iterator[ServerSentEvent]:
    yield from decoder.feed(data)
    yield from decoder.end()


def _finding_in_object(data: bytes) -> Finding | Complaint | None:
    value = from_json(data)
    if finding := finding_in(value):
        return finding
    return complaint_in(value) if isinstance(value, Mapping) and value.get("error") else None


def _image_in(item: Mapping[str, Any]) -> bytes | str | None:
    text, address = item.get("b64_json"), item.get("url")
    if isinstance(address, str) and is_data_url(address):
        text, address = text or address, None
    if isinstance(text, str) and text.strip():
        try:
            return from_base64(text)
        except ValueError:
            if not address:
                raise
    return address if isinstance(address, str) and address.strip() else None


def _usage(counted: object) -> Usage | None:
    if not isinstance(counted, Mapping):
        return None
    details = counted.get("input_tokens_details")
    into = _tokens(counted.get("input_tokens"))
    images = _tokens(details.get("image_tokens")) if isinstance(details, Mapping) else 0
    return Usage(
        input_tokens=into,
        output_tokens=_tokens(counted.get("output_tokens")),
        total_tokens=_tokens(counted.get("total_tokens")),
        input_image_tokens=min(images, into),
    )


def _tokens(count: object) -> int:
    """Return a count that the contract can carry: an odd one must not cost us a paid image."""
    return min(max(count, 0), _MAX_INT32) if isinstance(count, int) else 0
