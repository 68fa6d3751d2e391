"""Checks requests against the bounds that the contracts set for their fields."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from snapasset.options.v1 import fields_pb2
from snapasset.options.v1.fields_pb2 import Bounds, Form

from services.common.errors import FieldMistake
from services.common.text import refused, shown
from services.gateway.api.forms import FORMS


@cache
def bounds_of(field: FieldDescriptor) -> Bounds:
    """Return the bounds of a field; protobuf reads the options anew each time."""
    return field.GetOptions().Extensions[fields_pb2.bounds]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Field:
    """What is needed of a field's descriptor; protobuf makes each answer anew."""

    name: str
    json_name: str
    bounds: Bounds
    has_presence: bool
    is_repeated: bool
    is_text: bool
    is_number: bool

    def is_absent(self, message: Message) -> bool:
        """Return whether a message was sent without the field."""
        if self.has_presence:
            return not message.HasField(self.name)
        return not self.is_number and not getattr(message, self.name)


def value_or_fallback(request: Message, name: str) -> Any:
    """Return the value of a field, or the value that its absence stands for."""
    field = _fields(request.DESCRIPTOR)[name]
    if not field.is_absent(request):
        return getattr(request, name)
    return (str if field.is_text else int)(field.bounds.fallback)


def mistakes(message: Message, within: str = "") -> Iterator[FieldMistake]:
    """Yield what is wrong with the fields of a request and of the messages in it.

    `within` is the path of the message, with its trailing dot.
    """
    for field in _fields(message.DESCRIPTOR).values():
        name, bounds = f"{within}{field.json_name}", field.bounds
        if field.is_absent(message):
            if bounds.required:
                yield FieldMistake(name, "is required")
            elif (other := bounds.required_unless) and not message.HasField(cast(Any, other)):
                yield FieldMistake(name, f"is required, unless {other} is given")
        elif field.is_repeated:
            yield from _list_mistakes(name, getattr(message, field.name), bounds)
        else:
            yield from _value_mistakes(name, getattr(message, field.name), bounds)
    needed = _any_of(message.DESCRIPTOR)
    if needed and not any(getattr(message, name) for name in needed):
        others = " or ".join(needed[1:])
        yield FieldMistake(f"{within}{needed[0]}", f"is required, unless {others} is given")


@cache
def _any_of(kind: Descriptor) -> Sequence[str]:
    return kind.GetOptions().Extensions[fields_pb2.whole].any_of


@cache
def _fields(kind: Descriptor) -> Mapping[str, _Field]:
    return {
        field.name: _Field(
            name=field.name,
            json_name=field.json_name,
            bounds=bounds_of(field),
            has_presence=field.has_presence,
            is_repeated=field.is_repeated,
            is_text=field.type == FieldDescriptor.TYPE_STRING,
            is_number=field.type not in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_MESSAGE),
        )
        for field in kind.fields
    }


def _list_mistakes(name: str, entries: Sequence[Any], bounds: Bounds) -> Iterator[FieldMistake]:
    if len(entries) > bounds.max_items > 0:
        yield FieldMistake(name, f"must have at most {bounds.max_items}, got {len(entries)}")
        entries = entries[: bounds.max_items]
    for at, entry in enumerate(entries):
        yield from _entry_mistakes(f"{name}[{at}]", entry, entries[:at], bounds)


def _entry_mistakes(
    name: str, entry: Any, before: Iterable[Any], bounds: Bounds
) -> Iterator[FieldMistake]:
    wrong = [*_value_mistakes(name, entry, bounds)]
    yield from wrong
    if wrong or not bounds.unique:
        return
    if isinstance(entry, Message):
        key = next(iter(_fields(entry.DESCRIPTOR).values()))
        before = [getattr(one, key.name) for one in before]
        name, entry = f"{name}.{key.json_name}", getattr(entry, key.name)
    if entry in before:
        yield FieldMistake(name, "appears more than once")


def _value_mistakes(name: str, value: Any, bounds: Bounds) -> Iterator[FieldMistake]:
    if isinstance(value, Message):
        yield from mistakes(value, f"{name}.")
    elif message := (
        _text_mistake(value, bounds) if isinstance(value, str) else _number_mistake(value, bounds)
    ):
        yield FieldMistake(name, message)


def _text_mistake(text: str, bounds: Bounds) -> str:
    row = FORMS[bounds.form]
    if row.must and not _has_form(text, bounds):
        odd = refused(text) if bounds.form == Form.FORM_PROSE else ""
        return f"{row.must}: it has U+{ord(odd):04X}" if odd else row.must
    if bounds.choices and text not in bounds.choices and bounds.form == Form.FORM_UNSPECIFIED:
        return f"must be one of {', '.join(bounds.choices)}"
    if bounds.min_length and (length := len(shown(text))) < bounds.min_length:
        return f"must be at least {bounds.min_length} characters, got {length}"
    if len(text) > bounds.max_length > 0:
        return f"must be at most {bounds.max_length} characters, got {len(text)}"
    return ""


def _has_form(text: str, bounds: Bounds) -> bool:
    row = FORMS[bounds.form]
    if row.choices:
        return text in row.choices or text in bounds.choices
    return re.fullmatch(row.pattern, text) is not None


def _number_mistake(number: float, bounds: Bounds) -> str:
    least = bounds.minimum if bounds.HasField("minimum") else float("-inf")
    most = bounds.maximum if bounds.HasField("maximum") else float("inf")
    if least <= number <= most:  # NaN is not
        return ""
    if not bounds.HasField("maximum"):
        return f"must be at least {least:g}"
    return f"must be {least:g} to {most:g}"
