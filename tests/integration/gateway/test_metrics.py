"""What a scrape of the gateway shows, and that it ends while Redis is frozen."""

import asyncio
import signal
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from snapasset.gateway.v1 import batches_pb2, jobs_pb2
from snapasset.gateway.v1.batches_pb2_grpc import BatchServiceStub

from services.common.metrics import CallMetrics
from services.common.telemetry import Telemetry
from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.redis import redis_process

SERVICE = "snapasset.gateway.v1.JobService"


async def scrape(registry: CollectorRegistry) -> list[str]:
    """Scrape as Prometheus does: from another thread than that of the gateway."""
    async with asyncio.timeout(20):
        return (await asyncio.to_thread(generate_latest, registry)).decode().splitlines()


async def test_the_queue_and_the_calls_are_shown_and_a_frozen_redis_costs_only_the_queue() -> None:
    registry = CollectorRegistry()
    telemetry = Telemetry(registry=registry, calls=CallMetrics(registry))
    with redis_process() as (url, process):
        async with (
            running_gateway(url, telemetry=telemetry) as address,
            connected(address, bearer("alice")) as alice,
        ):
            created = await alice.create("alice")
            assert (await alice.get("gen-0000000000000-" + 32 * "0")).code == "JOB_NOT_FOUND"
            shown = await scrape(registry)
            assert 'snapasset_queue_depth{status="waiting"} 1.0' in shown
            assert 'snapasset_queue_depth{status="active"} 0.0' in shown
            [oldest] = [line for line in shown if line.startswith("snapasset_queue_oldest_seconds")]
            assert 0 <= float(oldest.split()[1]) < 60
            requests = f'snapasset_rpc_requests_total{{code="%s",method="{SERVICE}/%s"}} 1.0'
            assert requests % ("OK", "CreateJob") in shown
            assert requests % ("NOT_FOUND", "GetJob") in shown
            assert f'snapasset_rpc_duration_seconds_count{{method="{SERVICE}/GetJob"}} 1.0' in shown

            job_id = created.message.job_id
            watching = alice.jobs.WatchJob(
                jobs_pb2.WatchJobRequest(job_id=job_id), metadata=[bearer("alice")], timeout=20
            )
            await anext(aiter(watching))
            process.send_signal(signal.SIGSTOP)
            shown = await scrape(registry)
            process.send_signal(signal.SIGCONT)
            watching.cancel()
            assert "snapasset_watchers 1.0" in shown
            assert not any(line.startswith("snapasset_queue_depth{") for line in shown)


async def test_batches_and_what_waits_behind_the_rest_are_shown() -> None:
    telemetry = Telemetry()
    order = jobs_pb2.CreateJobRequest(
        user_id="alice", prompt="A lighthouse in a storm", platforms=["x-post"], urgency="batch"
    )
    with redis_process() as (url, _):
        async with (
            running_gateway(url, telemetry=telemetry) as address,
            connected(address, bearer("alice")) as alice,
        ):
            stub: Any = BatchServiceStub(alice.channel)
            jobs = batches_pb2.CreateBatchRequest(jobs=[order, order])
            made = (await alice.call(stub.CreateBatch, jobs)).message
            shown = await scrape(telemetry.registry)
            cancel = batches_pb2.CancelBatchRequest(batch_id=made.batch_id)
            await alice.call(stub.CancelBatch, cancel)
            after = await scrape(telemetry.registry)
    assert {"snapasset_batches_open 1.0", "snapasset_batch_urgency_waiting 2.0"} <= {*shown}
    for name in ("snapasset_batch_oldest_seconds", "snapasset_batch_urgency_oldest_seconds"):
        [age] = [float(line.split()[1]) for line in shown if line.startswith(name)]
        assert 0 < age < 60
        assert f"{name} 0.0" in after
    assert {"snapasset_batches_open 0.0", "snapasset_batch_urgency_waiting 0.0"} <= {*after}


async def test_a_cancelled_job_is_counted_once() -> None:
    telemetry = Telemetry()
    with redis_process() as (url, _):
        async with (
            running_gateway(url, telemetry=telemetry) as address,
            connected(address, bearer("alice")) as alice,
        ):
            job_id = (await alice.create("alice")).message.job_id
            for _ in range(2):
                answer = await alice.call(
                    alice.jobs.CancelJob, jobs_pb2.CancelJobRequest(job_id=job_id)
                )
                assert answer.code == ""
            shown = await scrape(telemetry.registry)
    assert 'snapasset_jobs_total{status="cancelled"} 1.0' in shown
