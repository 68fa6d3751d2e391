"""One word, one meaning: no two packages of services/ define a class of the same name."""

import ast
from collections import defaultdict
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "services"


def test_no_class_name_is_defined_twice() -> None:
    places = defaultdict(set)
    for path in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(str(path.relative_to(SERVICES)))
    assert len(places) > 100
    assert {name: sorted(where) for name, where in places.items() if len(where) > 1} == {}
