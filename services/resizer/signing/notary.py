"""Gives each master its seal, made with the certificate that is in the files now."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from services.common.errors import SigningUnavailable
from services.common.refusal import CannotStart
from services.resizer.signing.identity import Identity, read_identity
from services.resizer.signing.pen import CannotSign, Pen
from services.resizer.signing.seal import CredentialSeal, Pens, Seal
from services.resizer.signing.settings import SigningSettings
from services.resizer.signing.stamps import Stamps
from services.resizer.signing.statement import MasterFacts
from services.resizer.signing.trial import try_out

logger = logging.getLogger(__name__)

_SOON = timedelta(days=30)

Now = Callable[[], datetime]
"""Returns the time."""

_FilesState = tuple[tuple[int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Signing:
    """An identity and its pens."""

    identity: Identity
    pens: Pens


class Notary:
    """Opens a seal for each master. Renewed files are taken at the next master."""

    def __init__(self, settings: SigningSettings, stamps: Stamps, now: Now) -> None:
        """Read the certificate and try it out. Raises CannotStart."""
        self._settings = settings
        self._stamps = stamps
        self._now = now
        self._lock = Lock()
        self._files = _state_of(settings)
        self._signing = self._read()

    def open(self, master: bytes, source: MasterFacts) -> Seal | None:
        """Return the seal of a master; None if it cannot be signed and need not be.

        Takes CPU: call it in a thread. Raises SigningUnavailable.
        """
        signing = self._current()
        try:
            if self._now() > signing.identity.expires:
                raise CannotSign(f"the certificate expired on {signing.identity.expires:%F}")
            parent = _parent(signing.pens.plain, master, source.content_type)
        except CannotSign as error:
            self._refused(error)
            return None
        return CredentialSeal(
            name=signing.identity.name,
            source=source,
            parent=parent,
            pens=signing.pens,
            refused=self._refused,
        )

    def _refused(self, error: CannotSign) -> None:
        logger.warning("A rendition cannot be signed: %s", error)
        if self._settings.must_sign:
            raise SigningUnavailable("The renditions cannot be signed at the moment.") from error

    def _current(self) -> _Signing:
        with self._lock:
            files = _state_of(self._settings)
            if files != self._files:
                self._files = files  # wrong ones are not tried again for each master
                try:
                    self._signing = self._read()
                except CannotStart as error:
                    words = "Renewed files are wrong, so the previous certificate stays in use: %s"
                    logger.warning(words, error)
            return self._signing

    def _read(self) -> _Signing:
        identity = read_identity(self._settings, self._now())
        authority = self._settings.timestamp_url
        try:
            pens = Pens(
                plain=Pen(identity),
                stamping=Pen(identity, authority) if authority else None,
                stamps=self._stamps,
            )
            try_out(pens.plain)
        except CannotSign as error:
            raise CannotStart(
                "C2PA_CERTIFICATE_FILE does not suit content credentials: its first certificate "
                "needs the key usage digitalSignature, and the extended key usage emailProtection "
                f"or documentSigning ({error})"
            ) from error
        until = identity.expires
        level = logging.WARNING if until - self._now() < _SOON else logging.INFO
        logger.log(
            level, "Renditions are signed as %s; this ends on %s", identity.name, f"{until:%F}"
        )
        return _Signing(identity=identity, pens=pens)


def _parent(pen: Pen, master: bytes, content_type: str) -> bytes:
    """Return the master as a parent, without its own manifest if that cannot be kept.

    The SDK reads some damaged manifests and then refuses to sign with them. Raises CannotSign.
    """
    try:
        parent = pen.parent(master, content_type)
        try_out(pen, parent)
    except CannotSign as error:
        logger.info("The manifest of a master cannot be kept: %s", error)
        return pen.bare_parent(content_type)
    return parent


def _utc() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_notary(
    settings: SigningSettings, threads: int, now: Now = _utc
) -> Iterator[Notary | None]:
    """Yield the notary, None if the settings name no certificate. Raises CannotStart.

    As many renditions as there are `threads` may wait for time stamps.
    """
    if not settings.has_certificate:
        if settings.must_sign:
            raise CannotStart("C2PA=required needs a certificate; C2PA_CERTIFICATE_FILE is empty")
        logger.warning("Renditions are not signed: C2PA_CERTIFICATE_FILE holds no certificate")
        yield None
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="stamps") as waiting:
        yield Notary(settings, Stamps(waiting, settings.timestamp_seconds), now)


def _state_of(settings: SigningSettings) -> _FilesState:
    """Return what changes when a file is renewed; a file that is away looks like another state."""
    return tuple(map(_state, filter(None, (settings.certificate_file, settings.key_file))))


def _state(file: Path) -> tuple[int, int]:
    try:
        facts = file.stat()
    except OSError:
        return 0, 0
    return facts.st_mtime_ns, facts.st_size
