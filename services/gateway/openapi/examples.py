"""The smallest bodies and parameters that the schemas accept, made of the examples in them."""

from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = "#/components/schemas/"


class Examples:
    """Makes examples of schemas that refer to `components`."""

    def __init__(self, components: Mapping[str, Any]) -> None:
        self._components = components

    def of(self, schema: Mapping[str, Any]) -> Any:
        """Return a value that `schema` accepts, with no property that may be left out."""
        if "$ref" in schema:
            return self.of(self._components[schema["$ref"].removeprefix(_REFERENCE)])
        for keyword in ("examples", "enum"):
            if keyword in schema:
                return schema[keyword][0]
        match schema["type"]:
            case "object":
                return {
                    name: self.of(_present(schema["properties"][name])) for name in _needed(schema)
                }
            case "array":
                return [self.of(schema["items"])]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        return schema["type"]


def _needed(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the properties of the smallest object: of alternatives, those of the first one."""
    for part in (schema, *schema.get("allOf", ())):
        yield from part.get("required", ())
        yield from part.get("anyOf", [{}])[0].get("required", ())


def _present(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what `schema` accepts besides null."""
    if "anyOf" in schema and "type" not in schema:
        return dict(schema["anyOf"][0])
    if isinstance(schema.get("type"), list):
        return {**schema, "type": schema["type"][0]}
    return schema
