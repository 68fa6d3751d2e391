"""Only `leaves` speaks to the leaf services: everybody else gets Python values from it."""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVICES = Path(__file__).resolve().parents[3] / "services"
LEAVES = ("generator", "resizer", "storage")


def imported_contracts() -> Iterator[tuple[str, str]]:
    """Yield each package of the services with each leaf whose contract it imports."""
    for file in SERVICES.rglob("*.py"):
        package = file.relative_to(SERVICES).parts[0]
        for node in ast.walk(ast.parse(file.read_text())):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for leaf in LEAVES:
                if module.startswith(f"snapasset.{leaf}."):
                    yield package, leaf


def test_a_leafs_contract_is_imported_by_the_leaf_and_by_its_client_alone() -> None:
    found = set(imported_contracts())
    assert found == {(leaf, leaf) for leaf in LEAVES} | {("leaves", leaf) for leaf in LEAVES}
