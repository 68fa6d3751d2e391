"""Reads the certificate and the key that renditions are signed with, and checks that they fit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

from services.common.refusal import CannotStart
from services.resizer.signing.settings import SigningSettings

TEST_ORGANISATION = "SnapAsset test certificate, not for publication"
"""The organisation in the certificates that local stacks make for themselves."""

_LEAST_RSA_BITS = 2048

_CURVES = {"es256": "secp256r1", "es384": "secp384r1", "es512": "secp521r1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Who signs. `chain` and `key` are PEM, the signer's certificate comes first.

    `name` is the organisation in that certificate; `expires` is when the first certificate of the
    chain does.
    """

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str
    name: str
    expires: datetime


def read_identity(settings: SigningSettings, now: datetime) -> Identity:
    """Return the identity in the files that the settings name, if it is valid `now`.

    Raises CannotStart, which names everything that is wrong.
    """
    chain, certificates = _certificates(settings.certificate_file)
    pem, key = _key(settings.key_file)
    name = _name(certificates[0])
    mistakes = [
        *_mistakes_of_pair(certificates, key, settings.algorithm),
        *_mistakes_of_dates(certificates, now),
    ]
    if settings.environment == "production" and name == TEST_ORGANISATION:
        mistakes.append(
            "C2PA_CERTIFICATE_FILE holds a test certificate, which production does not accept"
        )
    if mistakes:
        raise CannotStart("; ".join(mistakes))
    expires = min(one.not_valid_after_utc for one in certificates)
    return Identity(chain=chain, key=pem, algorithm=settings.algorithm, name=name, expires=expires)


def _certificates(file: Path | None) -> tuple[bytes, list[Certificate]]:
    data = _read("C2PA_CERTIFICATE_FILE", file)
    try:
        return data, load_pem_x509_certificates(data)
    except ValueError:
        raise CannotStart(
            f"C2PA_CERTIFICATE_FILE must hold PEM certificates, the signer's own first: {file}"
        ) from None


def _key(file: Path | None) -> tuple[bytes, Any]:
    data = _read("C2PA_KEY_FILE", file)
    try:
        return data, load_pem_private_key(data, None)
    except TypeError:  # it is encrypted
        raise CannotStart(f"C2PA_KEY_FILE must hold a key without a passphrase: {file}") from None
    except (ValueError, UnsupportedAlgorithm):
        raise CannotStart(f"C2PA_KEY_FILE must hold a PEM private key: {file}") from None


def _read(name: str, file: Path | None) -> bytes:
    if file is None:
        raise CannotStart(f"{name} is missing")
    try:
        return file.read_bytes()
    except OSError:
        raise CannotStart(f"{name} cannot be read: {file}") from None


def _mistakes_of_pair(chain: list[Certificate], key: Any, algorithm: str) -> Iterator[str]:
    if key.public_key() != chain[0].public_key():
        yield "C2PA_KEY_FILE is not the key of the first certificate in C2PA_CERTIFICATE_FILE"
    if (fitting := _algorithms_of(key)) and algorithm not in fitting:
        yield f"C2PA_ALGORITHM must be {' or '.join(fitting)} for this key, got {algorithm}"
    if not fitting:
        yield "C2PA_KEY_FILE must hold a key of P-256, P-384, P-521, Ed25519 or RSA of 2,048 bits"
    for one, issuer in pairwise(chain):
        try:
            one.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            yield "C2PA_CERTIFICATE_FILE must list each certificate before its issuer's"
            return


def _algorithms_of(key: Any) -> tuple[str, ...]:
    """Return the algorithms that a key may sign with."""
    match key:
        case ec.EllipticCurvePrivateKey():
            return tuple(name for name, curve in _CURVES.items() if curve == key.curve.name)
        case rsa.RSAPrivateKey() if key.key_size >= _LEAST_RSA_BITS:
            return "ps256", "ps384", "ps512"
        case ed25519.Ed25519PrivateKey():
            return ("ed25519",)
    return ()


def _mistakes_of_dates(chain: list[Certificate], now: datetime) -> Iterator[str]:
    for one in chain:
        if now > one.not_valid_after_utc:
            yield f"C2PA_CERTIFICATE_FILE: {_name(one)} expired on {one.not_valid_after_utc:%F}"
        elif now < one.not_valid_before_utc:
            yield (
                f"C2PA_CERTIFICATE_FILE: {_name(one)} is not valid before "
                f"{one.not_valid_before_utc:%F}"
            )


def _name(certificate: Certificate) -> str:
    """Return the organisation in a certificate, its common name without one."""
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for found in certificate.subject.get_attributes_for_oid(kind):
            return str(found.value)
    return certificate.subject.rfc4514_string() or "unnamed"
