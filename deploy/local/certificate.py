"""Makes the certificate that a local stack signs renditions with. It says that it is for tests."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.private import private_file
from services.resizer.signing.identity import TEST_ORGANISATION

_VALID = timedelta(days=3650)
_CLOCKS_DIFFER = timedelta(hours=1)


def kept_certificate(folder: Path) -> tuple[Path, Path]:
    """Return the files of a certificate chain and of its key in `folder`; made if missing.

    The authority's own key is never stored, so nothing else can be signed with it.
    """
    chain, key = folder / "c2pa-certificate.pem", folder / "c2pa-key.pem"
    if not (chain.exists() and key.exists()):
        write_certificate(chain, key, datetime.now(UTC))
    return chain, key


def write_certificate(
    chain: Path, key: Path, now: datetime, organisation: str = TEST_ORGANISATION
) -> None:
    """Write a new chain and its key, which nobody else may read."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    own_key = ec.generate_private_key(ec.SECP256R1())
    name_of_authority = _name(organisation, "Local authority")
    authority = _certificate(name_of_authority, authority_key, None, authority_key, now)
    own = _certificate(_name(organisation, "Local stack"), own_key, authority, authority_key, now)
    secret = own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    private_file(key, secret.decode())
    private_file(
        chain, "".join(one.public_bytes(Encoding.PEM).decode() for one in (own, authority))
    )


def _name(organisation: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """Return a certificate as C2PA 2.2, section 14.5 wants it; an authority's without `issuer`."""
    is_authority = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(key_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not is_authority:
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        signs = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(issued_by, critical=False)
        builder = builder.add_extension(signs, critical=False)
    return builder.sign(issuer_key, SHA256())


def key_usage(*, is_authority: bool) -> x509.KeyUsage:
    """Return what a key may be used for: an authority's for certificates alone."""
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
