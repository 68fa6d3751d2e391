"""A time-stamp authority (RFC 3161) of our own: OpenSSL behind HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME, ISSUER = "Time-stamp authority of the tests", "Root of the tests"

_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

_CONFIGURATION = """
[authority]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
certs = {folder}/cert.pem
"""


@contextmanager
def running_authority(folder: Path) -> Iterator[str]:
    """Yield the address of an authority that keeps its files in `folder`."""
    if not which("openssl"):
        pytest.skip("openssl is missing: it is the time-stamp authority of the tests")
    _write_files(folder)

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            reply = _reply(folder, query)
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Write nothing to stderr."""

    with HTTPServer(("127.0.0.1", 0), Authority) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def _reply(folder: Path, query: bytes) -> bytes:
    (folder / "query").write_bytes(query)
    command = ["openssl", "ts", "-reply", "-config", str(folder / "openssl.cnf")]
    command += ["-section", "authority", "-queryfile", str(folder / "query")]
    return subprocess.run(command, check=True, capture_output=True, timeout=10).stdout


def _write_files(folder: Path) -> None:
    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    certificate = _certificate(key, authority)
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "serial").write_text("01")
    (folder / "openssl.cnf").write_text(_CONFIGURATION.format(folder=folder))


def _certificate(key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey) -> Any:
    names = [
        x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]) for name in (NAME, ISSUER)
    ]
    usage = {name: name == "digital_signature" for name in _USES}
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True),
        (x509.KeyUsage(**usage), True),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
    )
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        subject_name=names[0],
        issuer_name=names[1],
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer, hashes.SHA256())
