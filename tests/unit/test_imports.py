"""Services import services.common and generated code, never each other."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = sorted(p.name for p in (ROOT / "services").iterdir() if (p / "__init__.py").exists())


def imported(file: Path) -> Iterator[str]:
    """Yield the full name of every module that `file` imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_no_other_service(service: str) -> None:
    foreign = {
        f"{file.relative_to(ROOT)}: {module}"
        for file in (ROOT / "services" / service).rglob("*.py")
        for module in imported(file)
        if module.startswith("services.") and module.split(".")[1] not in (service, "common")
    }
    assert not foreign


def test_the_services_of_the_design_are_all_looked_at() -> None:
    assert SERVICES == ["common", "gateway", "generator", "resizer", "storage"]
