"""Images that hold one static program and nothing else, written without a container engine."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

DOMAIN = "snapasset.test"


def image_name(program: str) -> str:
    """Return what manifests call the image of a program."""
    return f"{DOMAIN}/{program}:1"


def write_images(archive: Path, programs: Mapping[str, Path]) -> None:
    """Write an archive like that of `docker save`, with an image for each program."""
    told = []
    with tarfile.open(archive, "w") as images:
        for name, program in programs.items():
            layer = _layer(name, program)
            config = _config(name, layer)
            files = {f"{name}.tar": layer, f"{name}.json": config}
            for file, data in files.items():
                _add(images, file, data)
            told.append(
                {
                    "Config": f"{name}.json",
                    "RepoTags": [image_name(name)],
                    "Layers": [f"{name}.tar"],
                }
            )
        _add(images, "manifest.json", json.dumps(told).encode())


def _layer(name: str, program: Path) -> bytes:
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as files:
        _add(files, name, program.read_bytes())
    return layer.getvalue()


def _config(name: str, layer: bytes) -> bytes:
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    return json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": [f"/{name}"]},
            "rootfs": {"type": "layers", "diff_ids": [digest]},
        }
    ).encode()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o755
    archive.addfile(entry, io.BytesIO(data))
