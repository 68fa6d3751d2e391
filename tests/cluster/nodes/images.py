"""The images of the cluster's pods in archives: ours as `make images` makes them, and others."""

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from deploy.local.settings import ROOT
from deploy.versions import version
from tests.cluster.nodes import keda
from tests.cluster.nodes.programs import POD_PROGRAMS
from tests.cluster.nodes.single_program import write_images
from tests.containers.bases import make_base_images, other_images, python_image
from tests.containers.engine import Engine, run, running_engine
from tests.containers.stack import OURS

DEV_TAG = "dev"
PRODUCTION = "registry.example.com/snapasset"
_MAKE_SECONDS, _SAVE_SECONDS = 3600, 600
_INGREDIENTS = ("clients", "deploy", "protos", "requirements", "services", "tests/containers")
_NO_INGREDIENT = "deploy/kubernetes/"


def addon_archive(programs: Path) -> Path:
    """Return an archive with the images of the cluster's own programs."""
    return _programs_archive(programs, "addons", POD_PROGRAMS)


def keda_archive(programs: Path) -> Path:
    """Return an archive with the images of KEDA."""
    return _programs_archive(programs, "keda", keda.PROGRAMS)


def _programs_archive(programs: Path, title: str, names: Iterable[str]) -> Path:
    archive = programs / f"{title}.tar"
    if not archive.exists():
        part = archive.with_suffix(".part")
        write_images(part, {name: programs / name for name in names})
        part.rename(archive)
    return archive


def our_archive(cache: Path) -> Path:
    """Return an archive of our images and those that the overlay `dev` has from elsewhere, made
    anew if anything that goes into one has changed. Raises NoEngine and NoProgram."""
    archive = cache / f"images-{_fingerprint()}.tar"
    if not archive.exists():
        for old in cache.glob("images-*.tar"):
            old.unlink()
        part = archive.with_suffix(".part")
        with running_engine() as engine:
            make_base_images(engine)
            names = [*_ours(engine), *other_images().values()]
            engine.docker("save", "--output", str(part), *names, seconds=_SAVE_SECONDS)
        part.rename(archive)
    return archive


def _ours(engine: Engine) -> list[str]:
    """Build our images, and name each as either overlay does."""
    command = ("make", "--no-print-directory", "-C", str(ROOT), "images", f"TAG={DEV_TAG}")
    run(command, {**engine.environ, "PYTHON_IMAGE": python_image()}, _MAKE_SECONDS)
    names = []
    for part in OURS:
        dev, production = f"snapasset/{part}:{DEV_TAG}", f"{PRODUCTION}/{part}:{version()}"
        engine.docker("tag", dev, production)
        names += [dev, production]
    return names


def _fingerprint() -> str:
    told = hashlib.sha256()
    command = ("git", "-C", str(ROOT), "ls-files", "--", *_INGREDIENTS)
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        if not name.startswith(_NO_INGREDIENT) and (ROOT / name).is_file():
            told.update(name.encode())
            told.update((ROOT / name).read_bytes())
    return told.hexdigest()[:16]
