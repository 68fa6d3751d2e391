"""The settings of content credentials: what to sign with, and whether every rendition must be."""

from dataclasses import dataclass
from pathlib import Path

from services.common.process_settings import ServerSettings
from services.common.setting_checks import one_of, positive, web_address
from services.common.settings import setting

ALGORITHMS = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
"""The signature algorithms of C2PA 2.2, section 13.2, by the names that the SDK gives them."""


def _is_empty(file: Path) -> bool:
    return file.is_file() and file.stat().st_size == 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningSettings(ServerSettings):
    """Certificate, key and time-stamp authority."""

    signing: str = setting(
        "C2PA",
        "`optional`: renditions are signed if there is a certificate; `required`: the resizer does "
        "not start without one, and makes no rendition that it cannot sign",
        default="optional",
        check=one_of("optional", "required"),
    )
    certificate_file: Path | None = setting(
        "C2PA_CERTIFICATE_FILE",
        "PEM certificates that renditions are signed with, the signer's own first",
        default=None,
    )
    key_file: Path | None = setting(
        "C2PA_KEY_FILE", "PEM private key of the first of these certificates", default=None
    )
    algorithm: str = setting(
        "C2PA_ALGORITHM",
        f"signature algorithm, which the key must fit: {', '.join(ALGORITHMS)}",
        default="es256",
        check=one_of(*ALGORITHMS),
    )
    timestamp_url: str = setting(
        "C2PA_TIMESTAMP_URL",
        "RFC 3161 time-stamp authority; with a time stamp, a signature outlives its certificate",
        default="",
        check=web_address,
    )
    timestamp_seconds: float = setting(
        "C2PA_TIMESTAMP_SECONDS",
        "how long to wait for a time stamp; after that, a rendition is signed without one",
        default=3.0,
        check=positive,
    )

    @property
    def must_sign(self) -> bool:
        """Whether there may be no unsigned rendition."""
        return self.signing == "required"

    @property
    def has_certificate(self) -> bool:
        """Whether there is something to sign with: an empty file counts as none."""
        files = self.certificate_file, self.key_file
        return not all(file is None or _is_empty(file) for file in files)

    def complaints(self) -> tuple[str, ...]:
        """Return what is wrong with these settings, one sentence per mistake."""
        files = {
            "C2PA_CERTIFICATE_FILE": self.certificate_file,
            "C2PA_KEY_FILE": self.key_file,
        }
        missing = [name for name, file in files.items() if file is None]
        if len(missing) == 1:
            return (f"{missing[0]} is missing: set both files or neither",)
        if not missing:
            return ()
        words = "needs C2PA_CERTIFICATE_FILE and C2PA_KEY_FILE"
        told = {"C2PA=required": self.must_sign, "C2PA_TIMESTAMP_URL": bool(self.timestamp_url)}
        return tuple(f"{name} {words}" for name, wanted in told.items() if wanted)
