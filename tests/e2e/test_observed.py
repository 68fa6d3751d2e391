"""One job on a stack that speaks mutual TLS throughout, with everything measured and traced."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import httpx2
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from services.common.metrics import METRICS
from tests.e2e.client import create, finish, open_client
from tests.eventually import eventually
from tests.servers.certificates import Authority
from tests.servers.otlp import Receiver, Span, running_receiver

OWNER, PROMPT = "user-123", "A lighthouse that is watched from all sides"
SERVERS = ("GATEWAY", "GENERATOR", "RESIZER", "STORAGE")
PROCESSES = ("ENVOY", "WORKER", *SERVERS)
JOBS = "snapasset.gateway.v1.JobService"
STORAGE = "snapasset.storage.v1.StorageService"

PARENTS = {
    ("gateway", f"{JOBS}/CreateJob"): "envoy",
    ("worker", "attempt"): f"{JOBS}/CreateJob",
    ("worker", "start"): "attempt",
    ("worker", "buy"): "attempt",
    ("worker", "record"): "attempt",
    ("worker", "cut"): "attempt",
    ("generator", "snapasset.generator.v1.GeneratorService/Generate"): "buy",
    ("storage", f"{STORAGE}/PutSmallObject"): "buy",
    ("resizer", "snapasset.resizer.v1.ResizerService/Resize"): "cut",
}
"""Service and span, and the name of a span above it; "envoy" for Envoy's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """The stack, who receives its traces, who signed its certificates, and the job it has done."""

    stack: Stack
    receiver: Receiver
    authority: Authority
    job_id: str

    @property
    def trace(self) -> list[Span]:
        """The spans that came of the trace in which the job was created."""
        spans = self.receiver.spans
        ours = {s.trace for s in spans if s.attributes.get("snapasset.job_id") == self.job_id}
        return [span for span in spans if span.trace in ours]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, forks: ForkServer) -> Iterator[Watched]:
    folder: Path = tmp_path_factory.mktemp("watched")
    authority = Authority(folder / "certificates")
    with running_receiver() as receiver:
        environ = {
            **authority.environ("own", "envoy", "gateway", "worker"),  # one for all processes
            "LOG_FORMAT": "json",
            "STANDIN_SWITCHES": "care=low",
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with running_stack(folder / "stack", environ=environ, forks=forks) as stack:
            yield Watched(
                stack=stack, receiver=receiver, authority=authority, job_id=asyncio.run(job(stack))
            )


async def job(stack: Stack) -> str:
    """Have a job done and return its id."""
    async with open_client(stack, OWNER) as client:
        created = await create(client, PROMPT, "instagram-post", "twitter-header")
        done = await finish(client, created["jobId"])
    assert done["status"] == "completed"
    return str(created["jobId"])


async def test_a_job_is_one_trace_from_envoy_to_the_last_service(watched: Watched) -> None:
    def complete() -> bool:
        seen = {(span.service, span.name) for span in watched.trace}
        return PARENTS.keys() <= seen and any(service == "envoy" for service, _ in seen)

    await eventually(complete, 40)
    trace = watched.trace
    known = {span.id: span for span in trace}
    assert len({span.trace for span in trace}) == 1
    assert [span.service for span in trace if span.parent not in known] == ["envoy"]
    above = {(s.service, s.name, label(known[s.parent])) for s in trace if s.parent in known}
    for (service, name), parent in PARENTS.items():
        assert (service, name, parent) in above


def label(span: Span) -> str:
    return "envoy" if span.service == "envoy" else span.name


def test_log_lines_carry_the_id_of_the_trace(watched: Watched) -> None:
    [trace] = {span.trace for span in watched.trace}
    for name, message in (("gateway", f"/{JOBS}/CreateJob OK"), ("worker", "Job completed")):
        lines = map(json.loads, watched.stack.processes[name].log_file.read_text().splitlines())
        assert [line["trace_id"] for line in lines if line["message"] == message] == [trace]
    lines = map(json.loads, watched.stack.processes["envoy"].log_file.read_text().splitlines())
    created = [line for line in lines if (line["method"], line["path"]) == ("POST", "/api/jobs")]
    assert [line["trace_id"] for line in created] == [trace]


@pytest.mark.parametrize("server", SERVERS)
async def test_nobody_without_a_certificate_gets_in(watched: Watched, server: str) -> None:
    address = f"localhost:{watched.stack.environ[f'{server}_PORT']}"
    authority = watched.authority.file.read_bytes()
    own = watched.authority.sign("client")
    pair = (own.key.read_bytes(), own.cert.read_bytes())
    assert await reaches(address, grpc.ssl_channel_credentials(authority, *pair))
    assert not await reaches(address, grpc.ssl_channel_credentials(authority))
    assert not await reaches(address, None)


async def reaches(address: str, credentials: grpc.ChannelCredentials | None) -> bool:
    """Return whether a health check gets an answer."""
    plain = grpc.aio.insecure_channel(address)
    async with grpc.aio.secure_channel(address, credentials) if credentials else plain as channel:
        stub = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
        try:
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=10)
        except grpc.aio.AioRpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


async def test_every_process_shows_its_metrics_and_none_of_its_callers(watched: Watched) -> None:
    found: dict[str, set[str]] = {}
    async with httpx2.AsyncClient(timeout=10) as client:
        for process in PROCESSES:
            port = watched.stack.environ[f"{process}_METRICS_PORT"]
            shown = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            assert "envoy_http_downstream_rq_total" in shown or "process_cpu_seconds" in shown
            for word in (OWNER, PROMPT, watched.job_id):
                assert word not in shown
            for family in text_string_to_metric_families(shown):
                for sample in family.samples:
                    found.setdefault(sample.name, set()).update(sample.labels)
    for metric in METRICS.values():
        name = f"{metric.name}_bucket" if metric.kind == "histogram" else metric.name
        bucket = {"le"} if metric.kind == "histogram" else set()
        if name.startswith("snapasset_webhook_") and name not in found:
            continue  # this stack has no webhook; tests/unit/worker/webhooks counts the calls
        assert found[name] == {*metric.labels, *bucket}
