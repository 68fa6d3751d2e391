"""Builds the docs as a small site in out/site: `python -m deploy.site`.

The pages stay what they are in the repository, where their links lead to code as well. Here a link
to another page becomes one inside the site, and a link to anything else one to the repository.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.settings import ROOT
from services.common.setting_checks import web_address
from services.common.settings import SettingsError, load, setting

PAGES: Mapping[str, str] = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "clients/javascript/README.md": "javascript.md",
    "clients/python/README.md": "python.md",
    "clients/studio/README.md": "studio.md",
    **{f"docs/{file.name}": file.name for file in sorted((ROOT / "docs").glob("*.md"))},
}
"""The pages of the repository, and what they are called on the site."""

_LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
_PICTURE = re.compile(r'(?<=src=")docs/(?=pictures/)')


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSettings:
    """Where the site's readers find the rest."""

    repository: str = setting(
        "REPOSITORY_URL",
        "where the files of the repository are shown; empty: links to them lead to the start page",
        default="",
        check=web_address,
    )


def page(name: str, repository: str, root: Path = ROOT) -> str:
    """Return a page as the site has it. Raises ValueError for a link to what does not exist."""
    folder = Path(name).parent

    def moved(found: re.Match[str]) -> str:
        target = os.path.normpath(folder / found[1])
        anchor = found[2] or ""
        if target in PAGES:
            return PAGES[target] + anchor
        if target.startswith("docs/pictures/"):
            return target.removeprefix("docs/")
        if not (root / target).exists():
            raise ValueError(f"{name} has a link to {found[1]}, which does not exist")
        return f"{repository}/{target}" if repository else "index.md"

    text = _LINK.sub(moved, (root / name).read_text())
    return _PICTURE.sub("", text)


def build(repository: str) -> Path:
    """Build the site and return its folder. Raises ValueError, CalledProcessError."""
    folder = ROOT / "out" / "site"
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "source"
    shutil.copytree(ROOT / "docs" / "pictures", source / "pictures")
    for name, there in PAGES.items():
        (source / there).write_text(page(name, repository))
    shutil.copy(Path(__file__).with_name("site.toml"), folder / "zensical.toml")
    program = Path(sys.executable).with_name("zensical")
    subprocess.run([program, "build", "--strict"], cwd=folder, check=True)  # noqa: S603 - our own
    return folder / "html"


def main() -> None:
    """Build it, or say which link leads nowhere."""
    try:
        folder = build(load(SiteSettings).repository.rstrip("/"))
    except (SettingsError, ValueError) as error:
        raise SystemExit(f"There is no site: {error}.") from None
    except subprocess.CalledProcessError:
        raise SystemExit("There is no site: see above.") from None
    sys.stdout.write(f"{folder.relative_to(ROOT)}/index.html\n")


if __name__ == "__main__":
    main()
