"""serve(): health, reflection, mutual TLS, a taken port, a clean stop."""

import asyncio
import json
import signal
import socket
import ssl
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.channels import open_channel
from services.common.process_settings import ServerSettings
from services.common.serve import CannotStart, running
from services.common.settings import load
from tests.servers.certificates import Authority

PATIENCE_SECONDS = 20

PROGRAM = """
from services.common.serve import main, serve
from services.common.process_settings import ServerSettings
async def run(settings, telemetry):
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


async def test_with_certificates_only_those_who_have_one_get_in(tmp_path: Path) -> None:
    secure = settings(**Authority(tmp_path).environ("own"))
    async with running(secure, 0, []) as port:
        async with open_channel(f"localhost:{port}", secure) as channel:
            assert await health_of(channel) == health_pb2.HealthCheckResponse.SERVING
        async with open_channel(f"localhost:{port}", settings()) as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await health_of(channel)


async def test_a_renewed_certificate_counts_from_the_next_connection_on(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    secure = settings(**authority.environ("own"))
    async with running(secure, 0, []) as port:
        assert await shown_name(port, secure) == "localhost"
        authority.sign("own", common_name="renewed")
        assert await shown_name(port, secure) == "renewed"


async def shown_name(port: int, client: ServerSettings) -> str:
    """Return the common name of the certificate that a server shows."""
    assert client.tls_ca_file
    assert client.tls_cert_file
    asking = ssl.create_default_context(cafile=str(client.tls_ca_file))
    asking.load_cert_chain(client.tls_cert_file, client.tls_key_file)
    asking.set_alpn_protocols(["h2"])
    _, writer = await asyncio.open_connection("localhost", port, ssl=asking)
    subject = writer.get_extra_info("peercert")["subject"]
    writer.close()
    return str(dict(part for [part] in subject)["commonName"])


async def test_half_of_a_certificate_is_named_and_never_served_without(tmp_path: Path) -> None:
    half = settings(TLS_CERT_FILE=str(tmp_path / "cert.pem"))
    with pytest.raises(CannotStart, match="TLS_CERT_FILE and TLS_KEY_FILE must be set together"):
        async with running(half, 0, []):
            pass
