"""HTTPS outside, mutual TLS inside, certificates renewed without a restart, metrics on demand."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import httpx2
from snapasset.gateway.v1 import jobs_pb2, jobs_pb2_grpc

from services.common.process_settings import ServerSettings
from services.common.settings import load
from tests.eventually import eventually
from tests.servers.canned_gateway import CannedJobs, running_gateway
from tests.servers.certificates import Authority
from tests.servers.envoy import Envoy, running_envoy


@asynccontextmanager
async def secured(folder: Path, **settings: Any) -> AsyncIterator[tuple[Envoy, Authority]]:
    """Run a gateway that demands certificates, and Envoy with its own before it."""
    authority = Authority(folder)
    theirs, own = authority.environ("gateway"), authority.sign("envoy")
    known = {"tls_cert_file": own.cert, "tls_key_file": own.key, "tls_ca_file": authority.file}
    known["secrets_folder"] = folder / "secrets"
    jobs = CannedJobs()
    async with (
        running_gateway(
            jobs, load(ServerSettings, {**theirs, "DRAIN_SECONDS": "0", "GRACE_SECONDS": "0"})
        ) as port,
        running_envoy(folder, port, **{**known, **settings}) as envoy,
    ):
        yield envoy, authority


async def status(client: httpx2.AsyncClient) -> int:
    return (await client.get("/api/jobs/gen-1")).status_code


async def test_envoy_reaches_a_gateway_that_demands_a_certificate(tmp_path: Path) -> None:
    async with (
        secured(tmp_path) as (envoy, _),
        httpx2.AsyncClient(base_url=envoy.url, timeout=10) as http,
    ):
        assert await status(http) == 200


async def test_envoy_refuses_a_gateway_of_another_name(tmp_path: Path) -> None:
    async with (
        secured(tmp_path, gateway_tls_name="somebody-else") as (envoy, _),
        httpx2.AsyncClient(base_url=envoy.url, timeout=10) as http,
    ):
        assert await status(http) == 503


async def test_https_speaks_rest_and_grpc_and_renews_its_certificate(tmp_path: Path) -> None:
    public = Authority(tmp_path / "public")
    made = public.sign("site")
    trusting = ssl.create_default_context(cafile=str(public.file))
    files = {"public_cert_file": made.cert, "public_key_file": made.key}
    async with secured(tmp_path, **files) as (envoy, _):
        url, port = f"https://{envoy.address}", int(envoy.address.rpartition(":")[2])
        async with httpx2.AsyncClient(base_url=url, timeout=10, verify=trusting) as http:
            assert await status(http) == 200
            public.sign("site", common_name="renewed")
            await eventually(lambda: shows(port, trusting, "renewed"))
            assert await status(http) == 200
        credentials = grpc.ssl_channel_credentials(public.file.read_bytes())
        async with grpc.aio.secure_channel(envoy.address, credentials) as channel:
            request = jobs_pb2.GetJobRequest(job_id="gen-1")
            answer = await jobs_pb2_grpc.JobServiceStub(channel).GetJob(request, timeout=10)
        assert answer.job_id == "gen-1"


async def test_where_tls_ends_here_every_answer_tells_browsers_to_stay_with_it(
    tmp_path: Path,
) -> None:
    public = Authority(tmp_path / "public")
    made = public.sign("site")
    trusting = ssl.create_default_context(cafile=str(public.file))
    files = {"public_cert_file": made.cert, "public_key_file": made.key}
    paths = ("/api/jobs", "/api/jobs/JOB_NOT_FOUND", "/nowhere", "/api/jobs/%ff", "/images/a%2fb")
    async with secured(tmp_path, **files) as (envoy, _):
        url = f"https://{envoy.address}"
        async with httpx2.AsyncClient(base_url=url, timeout=10, verify=trusting) as http:
            answers = [await http.get(path) for path in (*paths, "/images/a.png")]
            answers.append(await http.put("/api/jobs"))
    for answer in answers:
        told = answer.headers.get_list("strict-transport-security")
        assert told == ["max-age=31536000"], answer.url


async def test_without_tls_nothing_is_said_of_it(tmp_path: Path) -> None:
    async with (
        secured(tmp_path) as (envoy, _),
        httpx2.AsyncClient(base_url=envoy.url, timeout=10) as http,
    ):
        for path in ("/api/jobs", "/nowhere"):
            assert "strict-transport-security" not in (await http.get(path)).headers


async def shows(port: int, trusting: ssl.SSLContext, name: str) -> bool:
    """Return whether the server shows a certificate of this common name."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
    subject = writer.get_extra_info("peercert")["subject"]
    writer.close()
    return bool(dict(part for [part] in subject)["commonName"] == name)


async def test_a_port_of_its_own_shows_metrics_and_health_and_nothing_else(
    tmp_path: Path,
) -> None:
    port = free_port()
    async with (
        secured(tmp_path, metrics_port=port) as (_, _),
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        shown = await http.get("/metrics")
        assert "envoy_http_downstream_rq_total" in shown.text
        assert (await http.get("/ready")).text == "LIVE\n"
        for path in ("/", "/config_dump", "/metrics/../quitquitquit", "/metrics/x"):
            assert (await http.get(path)).status_code == 404
        for path in ("/quitquitquit", "/metrics", "/ready"):
            assert (await http.post(path)).status_code == 404


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
