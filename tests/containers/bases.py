"""Images that stand in for those of a registry: for these tests only, under the same names."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from deploy.local.settings import ROOT
from tests.containers.engine import Engine, NoEngine
from tests.servers.go_programs import go_program
from tests.servers.s3 import KINDS

_BOOTSTRAP_SECONDS = 900
_PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

_OTHERS = """
FROM {python} AS both
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server redis-tools curl

FROM both AS redis
RUN mkdir /data && chown 999:999 /data
WORKDIR /data

FROM both AS silo
COPY silo /usr/bin/silo
VOLUME /data
"""


def make_base_images(engine: Engine) -> None:
    """Make the Python image, Redis and the object store, each as our files name it."""
    python = python_image()
    _import_base(engine, python)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(go_program(KINDS["minio"].program), Path(folder, "silo"))
        Path(folder, "Dockerfile").write_text(_OTHERS.format(python=python))
        for target, tag in other_images().items():
            engine.docker("build", "--quiet", "--target", target, "--tag", tag, folder, seconds=600)


def python_image() -> str:
    """Return the tag of our base image: without a registry there is no image of its digest."""
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    return _one(r"ARG PYTHON_IMAGE=([^@\s]+)", dockerfile)


def other_images() -> dict[str, str]:
    """Return the names of the images that are not ours, each by its stage in _OTHERS."""
    compose = (ROOT / "deploy" / "compose.yaml").read_text()
    return {
        stage: _one(rf"\$\{{{setting}:-([^}}]+)\}}", compose)
        for stage, setting in (("redis", "REDIS_IMAGE"), ("silo", "OBJECT_STORE_IMAGE"))
    }


def _one(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]


def _import_base(engine: Engine, name: str) -> None:
    """Import Debian's Python, with the certificates and the package index that this machine has."""
    changes = [f"ENV PIP_CERT={_CERTIFICATES}"]
    known = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    changes += [f"ENV {key}={os.environ[key]}" for key in known if key in os.environ]
    words = [word for change in changes for word in ("--change", change)]
    engine.docker("import", *words, str(_base_archive()), f"{name}-bare")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(_CERTIFICATES, Path(folder, "certificates"))
        Path(folder, "Dockerfile").write_text(
            f"FROM {name}-bare\nCOPY certificates {_CERTIFICATES}\n"
        )
        engine.docker("build", "--quiet", "--tag", name, folder)


def _base_archive() -> Path:
    """Return a bookworm with Python as a tar file, made on first use and kept. Raises NoEngine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "snapasset"
    archive = cache / "bookworm-python.tar"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "bookworm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            _bootstrap(archive)
    return archive


def _bootstrap(archive: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, made = f"{folder}/root", f"{archive}.new"
        without = ("--exclude=./var/cache/apt/archives/*.deb", "--exclude=./dev/*")
        try:
            for command in (
                ("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", "bookworm", root),
                ("tar", "--create", "--file", made, "--directory", root, *without, "."),
            ):
                subprocess.run(
                    command, check=True, capture_output=True, text=True, timeout=_BOOTSTRAP_SECONDS
                )
        except (subprocess.SubprocessError, OSError) as error:
            said = getattr(error, "stdout", "") or ""
            raise NoEngine(f"the base image cannot be made: {error} {said[-300:]}") from error
        Path(made).replace(archive)
