"""An authority of the tests and the certificates that it signs for this machine."""

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.certificate import key_usage

_HOUR = datetime.timedelta(hours=1)
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A certificate and its key as PEM files."""

    cert: Path
    key: Path


class Authority:
    """Signs; `file` is what those who trust it read."""

    def __init__(self, folder: Path, *, hours: int = 1) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._validity = hours * _HOUR
        self._key = ec.generate_private_key(ec.SECP256R1())
        public_key = self._key.public_key()
        self._identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(public_key)
        self._name = _name("the authority of the tests")
        is_authority = x509.BasicConstraints(ca=True, path_length=None)
        may_sign = [(is_authority, True), (key_usage(is_authority=True), True)]
        signed = self._sign(self._name, public_key, may_sign, self._validity)
        self.file = folder / "authority.pem"
        self.file.write_bytes(signed.public_bytes(_PEM))

    def sign(
        self, name: str, *others: str, common_name: str = "localhost", expired: bool = False
    ) -> Certificate:
        """Write a certificate for this machine under all of these names and addresses; one that
        was signed for the first of them is replaced whole."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [_alternative(each) for each in ("localhost", "127.0.0.1", name, *others)]
        valid_for = [(x509.SubjectAlternativeName(names), False)]
        until = -_HOUR / 2 if expired else self._validity
        signed = self._sign(_name(common_name), key.public_key(), valid_for, until)
        plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        made = Certificate(cert=self._folder / f"{name}.pem", key=self._folder / f"{name}.key")
        _replace(made.key, key.private_bytes(_PEM, *plain))
        _replace(made.cert, signed.public_bytes(_PEM))
        return made

    def environ(self, name: str, *others: str) -> dict[str, str]:
        """Sign a certificate, and return the settings of a process that has it."""
        made = self.sign(name, *others)
        return {
            "TLS_CERT_FILE": str(made.cert),
            "TLS_KEY_FILE": str(made.key),
            "TLS_CA_FILE": str(self.file),
        }

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        extensions: Sequence[tuple[x509.ExtensionType, bool]],
        until: datetime.timedelta,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _HOUR)
            .not_valid_after(now + until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(self._identifier, critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self._key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _replace(file: Path, data: bytes) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(file)  # a rename, as a mounted secret is renewed
