"""serve(): health, reflection, mutual TLS, a taken port, a clean stop."""

import asyncio
import datetime
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.channels import open_channel
from services.common.serve import CannotStart, running
from services.common.settings import ServerSettings, load

PATIENCE_SECONDS = 20

PROGRAM = """
from services.common.serve import main, serve
from services.common.settings import ServerSettings
async def run(settings):
    await serve(settings, 0, [])
main("example", ServerSettings, run)
"""


def settings(**environ: str) -> ServerSettings:
    return load(ServerSettings, {"DRAIN_SECONDS": "0", "GRACE_SECONDS": "1", **environ})


async def health_of(channel: grpc.aio.Channel) -> int:
    stub = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
    reply = await stub.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_SECONDS)
    return int(reply.status)


async def test_a_running_server_says_that_it_serves() -> None:
    plain = settings()
    async with (
        running(plain, 0, []) as port,
        open_channel(f"127.0.0.1:{port}", plain) as channel,
    ):
        assert await health_of(channel) == health_pb2.HealthCheckResponse.SERVING


async def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"127\.0\.0\.1:{port} cannot be bound; stop"):
            async with running(settings(), port, []):
                pass


async def test_sigterm_ends_the_process_cleanly() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, stdout=PIPE, stderr=PIPE
    )
    assert program.stdout
    async with asyncio.timeout(PATIENCE_SECONDS):
        first = json.loads(await program.stdout.readline())
        assert first["message"].startswith("Listening on 127.0.0.1:")
        program.send_signal(signal.SIGTERM)
        _, said = await program.communicate()
    assert (program.returncode, said) == (0, b"")


async def test_a_wrong_setting_stops_the_start_in_one_sentence() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        stderr=PIPE,
        env={"PYTHONPATH": ".:gen", "LOG_LEVEL": "loud", "GRACE_SECONDS": "x"},
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        _, said = await program.communicate()
    assert program.returncode == 1
    assert said.decode() == (
        "example cannot start: LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR, got loud; "
        'GRACE_SECONDS must be a number, got "x"\n'
    )


def make_certificate(folder: Path) -> dict[str, str]:
    """Write a self-signed certificate for this machine; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {
        "TLS_CERT_FILE": str(folder / "cert.pem"),
        "TLS_KEY_FILE": str(folder / "key.pem"),
        "TLS_CA_FILE": str(folder / "cert.pem"),
    }


async def test_with_certificates_only_those_who_have_one_get_in(tmp_path: Path) -> None:
    secure = settings(**make_certificate(tmp_path))
    async with running(secure, 0, []) as port:
        async with open_channel(f"localhost:{port}", secure) as channel:
            assert await health_of(channel) == health_pb2.HealthCheckResponse.SERVING
        async with open_channel(f"localhost:{port}", settings()) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await health_of(channel)
