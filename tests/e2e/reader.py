"""A reader who does what a page says: pastes its commands and saves its files, in order."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.settings import ROOT
from deploy.local.stack import Stack

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("clients/*/README.md")])
SHELLS = ("bash", "sh")
FILES = ("python", "javascript", "js", "typescript", "go", "yaml")
PATIENCE_SECONDS = 600
"""Compilers and package managers may start with empty caches."""


_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^>]+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r"^(?:#|//) ([\w./-]+\.\w+)$", re.MULTILINE)
_TOOLS = {"go": "go", "js": "node", "typescript": "npm"}
_NOT_RUN, _SHOWS_AN_ERROR = "not run: ", "shows an error"

_PROMPT = '"prompt": "A lighthouse in a storm'
_SLOWLY = f"{_PROMPT} [standin: delay=2]"
"""A stand-in that paints at once is done before a reader on a busy machine can watch it paint."""

# What the reader brings along. `make run` has been typed in another terminal; a refusal ends the
# reading, unless the page says that it shows one.
_BEFORE = """
set -eEuo pipefail
trap 'echo "It failed at $AT" >&2' ERR
make() { [[ " $* " == *" run "* ]] || command make "$@"; }
curl() { command curl --fail-with-body --max-time 60 "$@"; }
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A fenced part of a page, with the comment in front of it."""

    line: int
    language: str
    text: str
    mark: str

    @property
    def why_not_run(self) -> str:
        """The page's reason why a test cannot do this, or nothing."""
        return self.mark.removeprefix(_NOT_RUN) if self.mark.startswith(_NOT_RUN) else ""

    @property
    def file(self) -> str:
        """The path under which it says that it is to be saved, or nothing."""
        found = _FILE.match(self.text)
        return found[1] if found and self.language in FILES else ""

    def script(self) -> str:
        """Return what it is for a shell."""
        if self.file:
            end = f"END_OF_{self.line}"
            folder = Path(self.file).parent
            return f"mkdir -p {folder}\ncat >{self.file} <<'{end}'\n{self.text}{end}\n"
        if self.mark == _SHOWS_AN_ERROR:
            return self.text.replace("curl ", "command curl ")
        return self.text


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page that name their language."""
    text = page.read_text()
    return [
        Block(
            line=text.count("\n", 0, found.start("language")) + 1,
            language=found["language"],
            text=found["text"],
            mark=found["mark"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def lacking(page: Path) -> str:
    """Return the programs that the page needs and this machine does not have, or nothing."""
    wanted = {_TOOLS[block.language] for block in blocks(page) if block.language in _TOOLS}
    return ", ".join(sorted(tool for tool in wanted if not shutil.which(tool)))


def can_be_read(page: Path) -> bool:
    """Return whether there is anything to do."""
    return any(block.language in SHELLS and not block.why_not_run for block in blocks(page))


def promised_names(page: Path) -> set[str]:
    """Return the names of all JSON fields in the answers that the page shows."""
    answers = [
        block.text
        for block in blocks(page)
        if block.language in ("json", "text") and not block.why_not_run
    ]
    return {name for text in answers for name in re.findall(r'"(\w+)":', text)}


def read(page: Path, stack: Stack, stack_folder: Path, checkout: Path) -> str:
    """Do all that the page says in `checkout`, and return what was shown.

    The reader knows where the stack is, and else what the page says.
    """
    script = _BEFORE
    for block in blocks(page):
        if not block.why_not_run and (block.file or block.language in SHELLS):
            script += f"AT={page.relative_to(ROOT)}:{block.line}\n{block.script()}"
    script = script.replace("localhost:3001", f"localhost:{stack.port}").replace(_PROMPT, _SLOWLY)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=checkout,
        env={
            **_environ_of_a_stranger(),
            "STACK_DIRECTORY": str(stack_folder),
            "PORT": str(stack.port),
            "SNAPASSET_URL": f"http://localhost:{stack.port}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def _environ_of_a_stranger() -> dict[str, str]:
    """Return the environment without what the pages speak of: they must say it. The make that may
    run these tests leaves its own variables; with them, a reader's make would greet."""
    text = "\n".join(page.read_text() for page in PAGES)
    told = {*re.findall(r"\b[A-Z][A-Z0-9_]+\b", text)} - {"PATH", "HOME"}
    told |= {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    return {name: value for name, value in os.environ.items() if name not in told}
