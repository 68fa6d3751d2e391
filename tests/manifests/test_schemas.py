"""Foreign kinds fit the schemas of their makers, which come from the Go modules they publish."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.manifests.rendered import KUBERNETES, OVERLAYS, Object, render
from tests.manifests.test_tools import FOREIGN

SECONDS = 300
MODULES = {
    "sigs.k8s.io/gateway-api@v1.6.3": (
        "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=",
        "config/crd/standard",
    ),
    "github.com/kedacore/keda/v2@v2.21.0": (
        "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
        "config/crd/bases",
    ),
    "github.com/cert-manager/cert-manager@v1.21.2": (
        "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
        "deploy/crds",
    ),
    "github.com/prometheus-operator/prometheus-operator@v0.85.0": (
        "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
        "example/prometheus-operator-crd",
    ),
}
"""Module and version, the hash of its files as go.sum has it, and the folder of its schemas."""


@cache
def schemas() -> dict[tuple[str, str], Object]:
    """Return every schema by apiVersion and kind."""
    return {key: schema for module in MODULES for key, schema in of_module(module)}


def of_module(module: str) -> Iterator[tuple[tuple[str, str], Object]]:
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed, and the schemas of foreign kinds come as Go modules")
    wanted, folder = MODULES[module]
    done = subprocess.run(
        [go, "mod", "download", "-json", module],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    facts = json.loads(done.stdout)
    assert facts.get("Sum") == wanted, facts.get("Error")
    for kind in FOREIGN:
        for file in Path(facts["Dir"], folder).glob(f"*_{kind.lower()}s.yaml"):
            spec = yaml.safe_load(file.read_text())["spec"]
            for version in spec["versions"]:
                schema = version["schema"]["openAPIV3Schema"]
                yield (f"{spec['group']}/{version['name']}", kind), strict(schema)


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
