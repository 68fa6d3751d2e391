"""Foreign kinds fit the schemas of their makers: what `make check-cluster` asks, in seconds."""

import shutil
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.cluster.api_server import CannotRun
from tests.cluster.kinds import definitions
from tests.manifests.rendered import KUBERNETES, OVERLAYS, Object, render
from tests.manifests.test_tools import FOREIGN


@cache
def schemas() -> dict[tuple[str, str], Object]:
    """Return every schema by apiVersion and kind."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed, and the schemas of foreign kinds come as Go modules")
    try:
        files = definitions()
    except CannotRun as reason:
        pytest.skip(str(reason))
    specs = [yaml.safe_load(file.read_text())["spec"] for file in files]
    return {
        (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): strict(
            version["schema"]["openAPIV3Schema"]
        )
        for spec in specs
        for version in spec["versions"]
    }


def strict(schema: Any) -> Any:
    """Return a schema that refuses fields it does not know, where Kubernetes would drop them."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(value) for key, value in schema.items()}
    if isinstance(pattern := schema.get("pattern"), str) and "(?i)" in pattern:
        del made["pattern"]  # it is Go's; none of our fields has it
    if schema.get("x-kubernetes-int-or-string") is True:
        made["type"] = ["integer", "string"]
    # Inside of anyOf and the like, which have no type, properties are only some of all.
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        made.setdefault(
            "additionalProperties", schema.get("x-kubernetes-preserve-unknown-fields") is True
        )
    return made


def complaints(one: Object) -> list[str]:
    schema = schemas()[one["apiVersion"], one["kind"]]
    # Kubernetes itself checks the metadata.
    schema = {**schema, "properties": {**schema["properties"], "metadata": {"type": "object"}}}
    return [error.message for error in jsonschema_rs.Draft7Validator(schema).iter_errors(one)]


def foreign() -> list[Object]:
    texts = [render(KUBERNETES / "overlays" / name) for name in OVERLAYS]
    every = [one for text in texts for one in yaml.safe_load_all(text)]
    return [one for one in every if one["kind"] in FOREIGN]


def test_every_foreign_object_is_what_its_maker_takes() -> None:
    objects = foreign()
    assert {one["kind"] for one in objects} == FOREIGN
    found = {(one["kind"], one["metadata"]["name"]): complaints(one) for one in objects}
    assert not any(found.values()), found


def test_a_field_that_nobody_knows_is_found() -> None:
    for one in foreign():
        assert complaints({**one, "spec": {**one["spec"], "nonsense": 1}})
