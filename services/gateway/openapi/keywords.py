"""The bounds of a field as keywords of JSON Schema."""

from collections.abc import Sequence
from typing import Any

from snapasset.options.v1.fields_pb2 import Bounds, Form

from services.common.contracts import Field, Message
from services.gateway.api.forms import FORMS, prose

Keywords = dict[str, Any]


def of_text(bounds: Bounds, *, may_be_empty: bool = False) -> Keywords:
    """Return the keywords of a text. An empty one may stand for an absent one."""
    row = FORMS[bounds.form]
    choices = [*row.choices, *bounds.choices]
    pattern = prose(bounds.min_length) if bounds.form == Form.FORM_PROSE else row.pattern
    found: Keywords = dict(row.schema)
    if choices:
        found["enum"] = [*choices, ""] if may_be_empty else choices
    if pattern:
        found["pattern"] = f"^({pattern})?$" if may_be_empty else f"^{pattern}$"
    if bounds.min_length:
        found["minLength"] = bounds.min_length
    if bounds.max_length:
        found["maxLength"] = bounds.max_length
    if bounds.fallback:
        found["default"] = bounds.fallback
    return {**found, **_examples(bounds.examples or choices[:1])}


def of_number(bounds: Bounds) -> Keywords:
    """Return the keywords of a number."""
    found: Keywords = {}
    if bounds.HasField("minimum"):
        found["minimum"] = _number(bounds.minimum)
    if bounds.HasField("maximum"):
        found["maximum"] = _number(bounds.maximum)
    if bounds.fallback:
        found["default"] = _number(bounds.fallback)
    return {**found, **_examples([*map(_number, bounds.examples)])}


def of_list(field: Field) -> Keywords:
    """Return the keywords of a list, but those of its entries."""
    bounds = field.bounds
    found: Keywords = {}
    if bounds.required:
        found["minItems"] = 1
    if bounds.max_items:
        found["maxItems"] = bounds.max_items
    if bounds.unique and field.kind == "string":
        found["uniqueItems"] = True
    return {**found, **_examples([[*bounds.examples]] if bounds.examples else [])}


def of_whole(message: Message) -> Keywords:
    """Return the keywords of a message beside those of its fields."""
    fields = {field.name: field for field in message.fields}
    pairs = [
        [one, fields[one.bounds.required_unless]]
        for one in message.fields
        if one.bounds.required_unless
    ]
    whole = [[fields[one] for one in message.whole.any_of]] if message.whole.any_of else []
    needed = [{"anyOf": [*map(_present, group)]} for group in (*whole, *pairs)]
    return needed[0] if len(needed) == 1 else {"allOf": needed} if needed else {}


def _present(field: Field) -> Keywords:
    if field.repeated:
        kind: Keywords = {"type": "array", "minItems": 1}
    else:
        kind = {"type": "string", "minLength": 1} if field.kind == "string" else {"type": "object"}
    return {"required": [field.json_name], "properties": {field.json_name: kind}}


def _examples(examples: Sequence[Any]) -> Keywords:
    return {"examples": [*examples]} if examples else {}


def _number(text: str | float) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number
