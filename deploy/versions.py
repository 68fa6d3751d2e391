"""Writes the version of pyproject.toml wherever else it has to be: `python -m deploy.versions`."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from deploy.local.settings import ROOT

PLACES: Mapping[str, str] = {
    "services/common/version.py": r'(?<=^VERSION = ")[^"]+',
    "clients/python/snapasset_client/version.py": r'(?<=^VERSION = ")[^"]+',
    "clients/javascript/package.json": r'(?<=^  "version": ")[^"]+',
    "clients/javascript/package-lock.json": r'("name": "snapasset-client",\n +"version": ")[^"]+',
    "deploy/Dockerfile": r"(?<=^ARG VERSION=).+",
    "deploy/kubernetes/overlays/production/kustomization.yaml": r"(?<=newTag: )[^}]+",
    "docs/images.md": r"(?<=SnapAsset )\d+\.\d+\.\d+",
    "docs/operations.md": r"(?<=TAG=)\d[\w.+-]*",
}
"""What stands for the version in each file."""


def version() -> str:
    """Return the version of what is in this folder."""
    project: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return project


def with_version(file: Path, pattern: str, number: str) -> str:
    """Return the text of `file` with `number` in all places. Raises ValueError without any."""

    def replaced(found: re.Match[str]) -> str:
        return f"{found[1] if found.lastindex else ''}{number}"

    text, count = re.subn(pattern, replaced, file.read_text(), flags=re.MULTILINE)
    if not count:
        raise ValueError(f"{file.name} has no place for the version")
    return text


def main() -> None:
    """Rewrite the files."""
    for name, pattern in PLACES.items():
        file = ROOT / name
        file.write_text(with_version(file, pattern, version()))


if __name__ == "__main__":
    main()
