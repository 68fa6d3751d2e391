"""Writes src/messages.d.ts, the messages of the public contract as TypeScript sees their JSON.

`make client-types` runs it, and a test compares the file with the contract. The file is kept in the
repository because the package needs no build step to be used.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import wrap

from snapasset.options.v1.fields_pb2 import Bounds, Form

from services.common.contracts import Contracts, Field, Message
from services.common.descriptor_set import descriptor_file, read_contracts
from services.gateway.api.forms import FORMS

MESSAGES = Path(__file__).parent / "src" / "messages.d.ts"

_HEAD = """\
// Made of protos/snapasset/gateway/v1 by `make client-types`: not to be edited.
// What the API sends and takes, as JSON. Times are ISO 8601 texts.
"""
_WIDTH = 100
PAGES = frozenset({"GetHome", "GetLocalToken", "GetPage", "GetStudioFile"})
"""Rpcs that are for the pages of the site and their browsers; no client offers them."""

_BYTES = "google.api.HttpBody"

# Envoy prints int64 as a string; no answer has one.
_KINDS: Mapping[str, str] = {
    "string": "string",
    "bool": "boolean",
    "double": "number",
    "int32": "number",
    "int64": "number",
    "uint32": "number",
    "google.protobuf.Timestamp": "string",
}

_NAMED: Mapping[Form.ValueType, str] = {
    Form.FORM_JOB_STATUS: "JobStatus",
    Form.FORM_ENDED_STATUS: "EndedStatus",
}
"""Forms whose texts are few and known, and the name of their type."""


def main() -> None:
    """Write the file."""
    MESSAGES.write_text(declarations(read_contracts(descriptor_file().read_bytes())))


def declarations(contracts: Contracts) -> str:
    """Return the text of the file."""
    spoken = [rpc for rpc in contracts.rpcs if rpc.name not in PAGES]
    shown = _within(contracts, (rpc.response for rpc in spoken))
    all_of_them = _within(contracts, (rpc.request for rpc in spoken)) | shown
    named = [
        f"export type {name} = {_union(FORMS[form].choices)};\n" for form, name in _NAMED.items()
    ]
    interfaces = [
        "".join(_interface(message, contracts.messages, shown=name in shown))
        for name, message in contracts.messages.items()
        if name in all_of_them and not message.is_map and not _is_bytes(message)
    ]
    return "\n".join([_HEAD, *named, *interfaces])


def _within(contracts: Contracts, roots: Iterable[str]) -> set[str]:
    """Return the full names of messages and of everything they contain."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in contracts.messages and name not in found:
            found.add(name)
            waiting += [field.kind for field in contracts.messages[name].fields]
    return found


def _is_bytes(message: Message) -> bool:
    return any(field.kind == _BYTES for field in message.fields)


def _interface(message: Message, messages: Mapping[str, Message], *, shown: bool) -> Iterator[str]:
    yield from _comment(message.comment, "")
    yield f"export interface {message.name} {{"
    for field in message.fields:
        if field.kind in messages and _is_bytes(messages[field.kind]):
            continue
        yield "\n"
        yield from _comment(_told(field), "  ")
        mark = "" if (_printed(field) if shown else field.bounds.required) else "?"
        yield f"  {field.json_name}{mark}: {_type(field, messages)};"
    yield "\n}\n" if message.fields else "}\n"


def _printed(field: Field) -> bool:
    """Envoy always prints a field without presence, and any other field only when it is set."""
    always_set = field.repeated or not (field.optional or "." in field.kind)
    return always_set or field.bounds.required


def _type(field: Field, messages: Mapping[str, Message]) -> str:
    inner = messages.get(field.kind)
    if inner and inner.is_map:
        value = next(each for each in inner.fields if each.name == "value")
        return f"Record<string, {_type(value, messages)}>"
    one = inner.name if inner else _scalar(field)
    if not field.repeated:
        return one
    return f"({one})[]" if "|" in one else f"{one}[]"


def _scalar(field: Field) -> str:
    parts = [_NAMED[field.bounds.form]] if field.bounds.form in _NAMED else []
    if field.bounds.choices:
        parts.append(_union(field.bounds.choices))
    return " | ".join(parts) or _KINDS[field.kind]


def _union(choices: Iterable[str]) -> str:
    return " | ".join(f"'{choice}'" for choice in choices)


def _told(field: Field) -> str:
    """Return the comment, and the bounds that the type cannot express."""
    return " ".join(filter(None, (field.comment, *_bounds(field.bounds))))


def _bounds(bounds: Bounds) -> Iterator[str]:
    if bounds.min_length or bounds.max_length:
        yield f"{bounds.min_length} to {bounds.max_length:,} characters."
    if bounds.HasField("minimum") and bounds.HasField("maximum"):
        yield f"{bounds.minimum:g} to {bounds.maximum:,g}."
    if bounds.fallback:
        yield f"{bounds.fallback} unless given."


def _comment(text: str, indent: str) -> Iterator[str]:
    if not text:
        return
    safe = text.replace("*/", "* /")
    if len(indent) + len(safe) + len("/**  */") <= _WIDTH:
        yield f"{indent}/** {safe} */\n"
        return
    yield f"{indent}/**\n"
    for line in wrap(safe, _WIDTH - len(indent) - 3):
        yield f"{indent} * {line}\n"
    yield f"{indent} */\n"


if __name__ == "__main__":
    main()
