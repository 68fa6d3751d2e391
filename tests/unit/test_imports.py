"""Which package of the services may import which: the arrows of docs/architecture.md."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MAY_IMPORT: Mapping[str, tuple[str, ...]] = {
    "common": (),
    "jobs": ("common",),
    "leaves": ("common",),
    "gateway": ("common", "jobs", "leaves"),
    "worker": ("common", "jobs", "leaves"),
    "generator": ("common",),
    "resizer": ("common",),
    "storage": ("common",),
}
"""Every package of the services, and what it may import beside itself."""


def modules(package: str) -> dict[str, Path]:
    """Return the modules of a package by their full names."""
    found = {}
    for file in (ROOT / "services" / package).rglob("*.py"):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def imported(file: Path) -> Iterator[str]:
    """Yield the full name of every module that `file` imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def arrows(package: str) -> dict[str, set[str]]:
    """Return which modules of its own package each module imports."""
    own = modules(package)
    return {name: {one for one in imported(file) if one in own} for name, file in own.items()}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    allowed = (package, *MAY_IMPORT[package])
    uphill = {
        f"{name} imports {module}"
        for name, file in modules(package).items()
        for module in imported(file)
        if module.startswith("services.") and module.split(".")[1] not in allowed
    }
    assert not uphill


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_module_is_imported_by_what_it_imports(package: str) -> None:
    below = arrows(package)

    def reach(name: str) -> set[str]:
        found: set[str] = set()
        waiting = list(below[name])
        while waiting:
            if (one := waiting.pop()) not in found:
                found.add(one)
                waiting += below[one]
        return found

    assert not [name for name in below if name in reach(name)]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_folders_of_a_package_have_arrows_one_way(package: str) -> None:
    """A folder inside a package imports its brothers or is imported by them, never both."""
    prefix = f"services.{package}."

    def folder(name: str) -> str:
        parts = name.removeprefix(prefix).split(".")
        return parts[0] if (ROOT / "services" / package / parts[0]).is_dir() else ""

    between = {
        (folder(name), folder(one))
        for name, targets in arrows(package).items()
        for one in targets
        if folder(name) and folder(one) and folder(name) != folder(one)
    }
    assert not {pair for pair in between if pair[::-1] in between}


def test_all_packages_are_looked_at() -> None:
    folders = {p.name for p in (ROOT / "services").iterdir() if (p / "__init__.py").exists()}
    assert folders == set(MAY_IMPORT)
