"""Puts the contract into the packages: protos into an sdist, code generated from them into a wheel.

It works from a checkout, where the protos are the repository's, and from an sdist, which has them.
"""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from google.api import annotations_pb2
from grpc_tools import protoc
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKAGES = ("snapasset/gateway", "snapasset/options")
"""What the client speaks; the other protos are between our services."""

_GUARD = re.compile(
    r"^from google\.protobuf import runtime_version.*\n|^_runtime_version\.Validate[^)]*\)\n",
    re.MULTILINE,
)
"""What makes a module refuse all versions of protobuf but those near the one that wrote it.

Without it one wheel works with protobuf 5.29, 6 and 7: protoc writes the same text for all of them.
`make check-packages` tries each.
"""

_LATER_TYPE = "datetime.datetime, "
"""What stubs allow for a time since protobuf 6.30, and 5.29 does not take."""


class ContractHook(BuildHookInterface[Any]):
    """See the module."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to the package."""
        protos = self._protos()
        if self.target_name == "sdist":
            build_data["force_include"].update(
                {str(protos / package): f"protos/{package}" for package in _PACKAGES}
            )
            return
        self._made = Path(tempfile.mkdtemp(prefix="snapasset-"))
        generate(protos, self._made)
        build_data["force_include"][str(self._made / "snapasset")] = "snapasset"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was generated."""
        if self.target_name == "wheel":
            shutil.rmtree(self._made)

    def _protos(self) -> Path:
        root = Path(self.root)
        for found in (root / "protos", root.parents[1] / "protos"):
            if found.is_dir():
                return found
        raise FileNotFoundError(
            "the contract is missing: build from a checkout of the repository, or from an sdist"
        )


def generate(protos: Path, into: Path) -> None:
    """Write the modules of the contract and their stubs."""
    sources = [
        str(file.relative_to(protos))
        for package in _PACKAGES
        for file in sorted((protos / package).rglob("*.proto"))
    ]
    google = Path(annotations_pb2.__file__).parents[2]
    wellknown = Path(protoc.__file__).parent / "_proto"
    failed = protoc.main(
        [
            "protoc",
            *(f"-I{folder}" for folder in (protos, google, wellknown)),
            *(f"--{kind}_out={into}" for kind in ("python", "pyi", "grpc_python")),
            *sources,
        ]
    )
    if failed:
        raise RuntimeError("the contract cannot be generated; protoc says why above")
    for module in into.rglob("*_pb2.py"):
        module.write_text(_GUARD.sub("", module.read_text()))
    for stub in into.rglob("*.pyi"):
        stub.write_text(stub.read_text().replace(_LATER_TYPE, ""))
    for package in _PACKAGES:
        (into / package / "py.typed").touch()
