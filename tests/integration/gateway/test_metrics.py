"""What a scrape of the gateway shows, and that it ends while Redis is frozen."""

import asyncio
import signal

from prometheus_client import CollectorRegistry, generate_latest
from snapasset.gateway.v1 import jobs_pb2

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
