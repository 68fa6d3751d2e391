"""Messages as JSON Schema, the way Envoy prints and reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

from snapasset.options.v1.fields_pb2 import Form

from services.common.contracts import PACKAGE, Contracts, Field, Message
from services.gateway.openapi import keywords

Schema = dict[str, Any]

_BODY = "google.api.HttpBody"
WEBHOOK_MESSAGE = f"{PACKAGE}.WebhookMessage"
"""What a webhook is sent: no rpc has it."""

_SCALARS: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "double": {"type": "number"},
    "int32": {"type": "integer", "format": "int32"},
    "uint32": {"type": "integer", "minimum": 0},
    "int64": {"type": "integer", "format": "int64"},
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
}


class Schemas:
    """Makes schemas of the messages of `contracts`; `platforms` are the ids that there are."""

    def __init__(self, contracts: Contracts, platforms: Iterable[str]) -> None:
        self._messages = contracts.messages
        self._platforms = [*platforms]
        bodies = (
            rpc.request
            for rpc in contracts.rpcs
            if any(b.body for b in rpc.bindings) and not rpc.endpoint.body_media_types
        )
        printed = [rpc.response for rpc in contracts.rpcs if not rpc.bindings[0].response_body]
        printed.append(WEBHOOK_MESSAGE)
        asked = (rpc.request for rpc in contracts.rpcs)
        self._asked = {self._messages[name].name for name in self._reach(asked)}
        self._sent = {name: self._messages[name] for name in self._reach(bodies)}
        self._shown = {name: self._messages[name] for name in self._reach(printed)}

    def components(self) -> Schema:
        """Return the schema of each message that is a body or in one, by its short name."""
        messages = {**self._sent, **self._shown}.values()
        return {one.name: self.message(one) for one in sorted(messages, key=lambda m: m.name)}

    def message(self, message: Message) -> Schema:
        """Return the schema of one message; messages in it are references."""
        sent = message in self._sent.values()
        # A field for the whole body as it came is no part of it.
        fields = [f for f in message.fields if f.kind != _BODY]
        required = [f.json_name for f in fields if (f.bounds.required if sent else _printed(f))]
        properties = {f.json_name: self.field(message, f) for f in fields}
        if sent:
            optional = properties.keys() - set(required)
            properties |= {name: _or_null(properties[name]) for name in optional}
        return {
            "type": "object",
            "description": message.comment,
            "properties": properties,
            **({"required": required} if required else {}),
            **(keywords.of_whole(message) if sent else {}),
            # Envoy's JSON reader ignores a field that it does not know, but not one without name.
            **({"propertyNames": {"minLength": 1}} if sent else {}),
        }

    def field(self, message: Message, field: Field) -> Schema:
        """Return the schema of one field, with its bounds."""
        asked = message.name in self._asked
        may_be_empty = asked and not (field.optional or field.bounds.required or field.repeated)
        return {**self._type(field, may_be_empty), "description": field.comment}

    def _type(self, field: Field, may_be_empty: bool = False) -> Schema:
        inner = self._messages.get(field.kind)
        if inner and inner.is_map:
            value = next(each for each in inner.fields if each.name == "value")
            return {"type": "object", "additionalProperties": self._type(value)}
        one = self._one(field, may_be_empty)
        if not field.repeated:
            return one
        one.pop("examples", None)  # a list has its own
        return {"type": "array", "items": one, **keywords.of_list(field)}

    def _one(self, field: Field, may_be_empty: bool) -> Schema:
        """Return the schema of the field, or of an entry of the list."""
        if field.kind in self._messages:
            return reference(field.kind)
        if field.bounds.form == Form.FORM_PLATFORM_ID:
            bounds = {"enum": self._platforms}
        elif field.kind == "string":
            bounds = keywords.of_text(field.bounds, may_be_empty=may_be_empty)
        else:
            bounds = keywords.of_number(field.bounds)
        return {**_SCALARS[field.kind], **bounds}

    def _beneath(self, field: Field) -> list[str]:
        inner = self._messages.get(field.kind)
        if inner and inner.is_map:
            return [kind for each in inner.fields for kind in self._beneath(each)]
        return [field.kind] if inner and field.kind != _BODY else []

    def _reach(self, roots: Iterable[str]) -> set[str]:
        """Return the full names of `roots` and of all messages in them."""
        found: set[str] = set()
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                fields = self._messages[name].fields
                waiting += [kind for field in fields for kind in self._beneath(field)]
        return found


def _printed(field: Field) -> bool:
    """Envoy prints each field of an answer that has no presence, and others where they are set."""
    always_set = field.repeated or not (field.optional or "." in field.kind)
    return always_set or field.bounds.required


def _or_null(schema: Schema) -> Schema:
    """Proto's JSON takes null for a field that is not there."""
    if "$ref" in schema:
        text = schema.pop("description")
        return {"anyOf": [schema, {"type": "null"}], "description": text}
    enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **enum}


def reference(full_name: str) -> Schema:
    """Return a reference to the schema of a message."""
    return {"$ref": f"#/components/schemas/{full_name.removeprefix(PACKAGE + '.')}"}
