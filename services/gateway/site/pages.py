"""The files of the site, a fixed table, so that no path can lead anywhere else.

Each is read when it is first asked for: few gateways are asked for the API's documentation, the
largest part of them.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.common.errors import PageNotFound
from services.common.serve import CannotStart

_ROOT = Path(__file__).resolve().parents[3]
_STUDIO, _SDK = _ROOT / "clients" / "studio", _ROOT / "clients" / "javascript" / "src"
_SWAGGER_UI = _ROOT / "third_party" / "swagger-ui" / "dist"
_OURS = Path(__file__).parent / "files"

_HTML = "text/html; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"
_STYLE = "text/css; charset=utf-8"
_ICON = "image/svg+xml"

_STUDIO_FILES: Mapping[str, tuple[str, str]] = {
    "/": ("index.html", _HTML),
    "/studio/icon.svg": ("icon.svg", _ICON),
    "/studio/site.css": ("site.css", _STYLE),
    "/studio/studio.css": ("studio.css", _STYLE),
    "/studio/workbench.css": ("workbench.css", _STYLE),
}
_API_DOCS: Mapping[str, tuple[str, str]] = {
    "/api-docs": ("api-docs.html", _HTML),
    "/api-docs/api-docs.js": ("api-docs.js", _SCRIPT),
}
_SWAGGER_UI_FILES: Mapping[str, tuple[str, str]] = {
    "/api-docs/swagger-ui-bundle.js": ("swagger-ui-bundle.js", _SCRIPT),
    "/api-docs/swagger-ui.css": ("swagger-ui.css", _STYLE),
    "/api-docs/LICENSE": ("LICENSE", "text/plain; charset=utf-8"),
}
"""Path on the site: file and media type."""


def page_headers(image_base: str) -> Mapping[str, str]:
    """Return what is said with every page. Images come from where `image_base` is, from `blob:`
    where the documentation tries one out, and previews and icons from `data:`."""
    images = "{0.scheme}://{0.netloc}".format(urlsplit(image_base))
    return {
        # Asked for again each time and answered with 304: right after an upgrade, and still cheap.
        "cache-control": "no-cache",
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src 'self' data: blob: {images}; connect-src 'self' {images}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'",
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteFile:
    """One file. `etag` has its quotes."""

    media_type: str
    content: bytes
    etag: str


Make = Callable[[], SiteFile]
"""Reads or makes a page."""


class Pages:
    """All files of the site, by path, and the headers of each."""

    def __init__(self, openapi: Callable[[], Mapping[str, Any]], image_base: str) -> None:
        """`openapi` makes the document to show, `image_base` is where images begin.

        Raises CannotStart when a file is missing.
        """
        self.headers = page_headers(image_base)
        self._makes: Mapping[str, Make] = {
            **_files(_STUDIO, _STUDIO_FILES),
            **_scripts("/studio/", _STUDIO),
            **_scripts("/studio/sdk/", _SDK),
            **_files(_OURS, _API_DOCS),
            **_files(_SWAGGER_UI, _SWAGGER_UI_FILES),
            "/api-docs/openapi.json": partial(_document, openapi),
        }
        self._made: dict[str, SiteFile] = {}

    @property
    def paths(self) -> Iterable[str]:
        """Where there is a page."""
        return self._makes.keys()

    def get(self, path: str) -> SiteFile:
        """Return the page at `path`. Raises PageNotFound."""
        make = self._makes.get(path)
        if make is None:
            raise PageNotFound("There is no such page. GET /api lists what there is.")
        if path not in self._made:
            self._made[path] = make()
        return self._made[path]


def _files(folder: Path, files: Mapping[str, tuple[str, str]]) -> dict[str, Make]:
    for name, _ in files.values():
        if not (folder / name).is_file():
            raise CannotStart(f"a file of the site is missing: {folder / name}")
    return {
        path: partial(_file, folder / name, media_type)
        for path, (name, media_type) in files.items()
    }


def _scripts(path: str, folder: Path) -> dict[str, Make]:
    names = sorted(file.name for file in folder.glob("*.js"))
    if not names:
        raise CannotStart(f"the scripts of the site are missing in {folder}")
    return _files(folder, {f"{path}{name}": (name, _SCRIPT) for name in names})


def _file(file: Path, media_type: str) -> SiteFile:
    return _page(media_type, file.read_bytes())


def _document(openapi: Callable[[], Mapping[str, Any]]) -> SiteFile:
    return _page("application/json", json.dumps(openapi(), ensure_ascii=False).encode())


def _page(media_type: str, content: bytes) -> SiteFile:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return SiteFile(media_type=media_type, content=content, etag=etag)
