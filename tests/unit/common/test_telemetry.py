"""Telemetry: off by default, never in the way, and deaf to nonsense."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from services.common import context
from services.common.channels import call_options
from services.common.metrics import METRICS
from tests.unit.common.test_serve import PATIENCE_SECONDS, PROGRAM

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
MANY_SPANS = """
from services.common.serve import main
from services.common.process_settings import ServerSettings
async def run(settings, telemetry):
    for _ in range(5000):
        with telemetry.span("one of many", "INTERNAL", {}) as told:
            told("OK", failed=False)
main("example", ServerSettings, run)
"""


async def ran(program: str, **environ: str) -> tuple[int | None, str]:
    """Run a program to its end; return its code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PYTHONPATH": ".:gen", **environ},
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a receiver that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_a_receiver_that_never_answers_delays_neither_the_work_nor_the_end(
    silent: int,
) -> None:
    endpoint = f"http://127.0.0.1:{silent}"
    code, said = await ran(MANY_SPANS, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)
    assert code == 0, said


async def test_a_receiver_that_is_away_is_told_of_once() -> None:
    endpoint = "http://127.0.0.1:1"
    environ = {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    code, said = await ran(MANY_SPANS, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, **environ)
    assert code == 0, said
    (line,) = said.splitlines()
    assert "Nobody takes traces at OTEL_EXPORTER_OTLP_ENDPOINT" in line


async def test_the_sdk_is_not_even_imported_without_a_receiver() -> None:
    program = MANY_SPANS + "import sys\nassert 'opentelemetry' not in sys.modules\n"
    assert await ran(program) == (0, "")
    disabled = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}
    assert await ran(program, **disabled) == (0, "")


async def test_a_taken_port_for_metrics_costs_the_metrics_and_not_the_service(silent: int) -> None:
    code, said = await ran(MANY_SPANS, METRICS_PORT=str(silent))
    assert code == 0, said
    assert f"No metrics: port {silent} cannot be bound" in said
    assert "set another METRICS_PORT" in said


async def test_another_protocol_than_ours_is_refused() -> None:
    code, said = await ran(PROGRAM, OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf")
    assert (code, said) == (
        1,
        "example cannot start: OTEL_EXPORTER_OTLP_PROTOCOL must be one of grpc, "
        "got http/protobuf\n",
    )


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nonsense",
        f"00-{TRACE}-{SPAN}",
        f"01-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
    ],
)
def test_a_malformed_trace_is_no_trace(given: str) -> None:
    context.set_traceparent(given)
    assert context.trace_id() == ""
    assert "traceparent" not in dict(call_options(1)["metadata"])


def test_a_trace_goes_on_with_every_call() -> None:
    given = f"00-{TRACE}-{SPAN}-01"
    context.set_traceparent(given)
    assert context.trace_id() == TRACE
    assert dict(call_options(1)["metadata"])["traceparent"] == given
    context.set_traceparent("")


def test_no_metric_has_a_label_without_bound() -> None:
    bounded = {"method", "code", "status", "step", "model", "outcome", "kind", "format", "signed"}
    assert {label for metric in METRICS.values() for label in metric.labels} <= bounded
