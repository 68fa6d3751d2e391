"""Folders and files of the local stack that no other user of the machine may read."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UMASK = 0o077
_LONGEST_SOCKET_PATH = 100
"""Linux takes 107 bytes, others 103."""


def private_folder(folder: Path) -> Path:
    """Create `folder` if it is missing, and close it to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def private_file(file: Path, text: str = "") -> Path:
    """Rewrite `file` so that nobody else can read it."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)
    return file


def kept_secret(file: Path) -> str:
    """Return the secret in `file`, which is created if it is missing."""
    if not file.exists():
        private_folder(file.parent)
        private_file(file, secrets.token_urlsafe(48))
    return file.read_text()


@contextmanager
def socket_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder for Unix sockets: in `folder`, or elsewhere if no socket can have that path.

    redis-py cannot read Redis's list of clients when the path contains a space.
    """
    usual = folder / "sockets"
    length = len(bytes(usual)) + len("/envoy-admin.sock")
    if length <= _LONGEST_SOCKET_PATH and not any(map(str.isspace, str(usual))):
        yield private_folder(usual)
    else:
        with tempfile.TemporaryDirectory(prefix="snapasset-") as elsewhere:
            yield Path(elsewhere)
