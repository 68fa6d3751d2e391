"""Messages as JSON Schema, the way Envoy prints and reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.openapi.constraints import CONSTRAINTS, REQUIRED
from services.gateway.openapi.contracts import PACKAGE, Contracts, Field, Message

Schema = dict[str, Any]

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
    """Makes schemas of the messages of `contracts`."""

    def __init__(self, contracts: Contracts) -> None:
        self._messages = contracts.messages
        bodies = (rpc.request for rpc in contracts.rpcs if any(b.body for b in rpc.bindings))
        printed = (rpc.response for rpc in contracts.rpcs if not rpc.bindings[0].response_body)
        self._sent = {name: self._messages[name] for name in self._reach(bodies)}
        self._shown = {name: self._messages[name] for name in self._reach(printed)}

    def components(self) -> Schema:
        """Return the schema of each message that is a body or in one, by its short name."""
        messages = {**self._sent, **self._shown}.values()
        return {one.name: self.message(one) for one in sorted(messages, key=lambda m: m.name)}

    def message(self, message: Message) -> Schema:
        """Return the schema of one message; messages in it are references."""
        sent = message in self._sent.values()
        needed = REQUIRED.get(message.name, ())
        required = [
            f.json_name for f in message.fields if (f.name in needed if sent else _printed(f))
        ]
        properties = {f.json_name: self.field(message, f) for f in message.fields}
        if sent:
            optional = properties.keys() - set(required)
            properties |= {name: _or_null(properties[name]) for name in optional}
        return {
            "type": "object",
            "description": message.comment,
            "properties": properties,
            **({"required": required} if required else {}),
            # Envoy's JSON reader ignores a field that it does not know, but not one without name.
            **({"propertyNames": {"minLength": 1}} if sent else {}),
        }

    def field(self, message: Message, field: Field) -> Schema:
        """Return the schema of one field, with what the code demands of it."""
        schema = self._type(field)
        extra = CONSTRAINTS.get(f"{message.name}.{field.name}", {})
        return {**schema, "description": field.comment, **extra}

    def _type(self, field: Field) -> Schema:
        inner = self._messages.get(field.kind)
        if inner and inner.is_map:
            value = next(each for each in inner.fields if each.name == "value")
            return {"type": "object", "additionalProperties": self._type(value)}
        one = reference(field.kind) if inner else _SCALARS[field.kind]
        return {"type": "array", "items": one} if field.repeated else dict(one)

    def _beneath(self, field: Field) -> list[str]:
        inner = self._messages.get(field.kind)
        if inner and inner.is_map:
            return [kind for each in inner.fields for kind in self._beneath(each)]
        return [field.kind] if inner else []

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
    """Envoy prints each field of an answer that has no presence, and leaves out the others."""
    return field.repeated or not (field.optional or "." in field.kind)


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
