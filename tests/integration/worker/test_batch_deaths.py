"""A gateway may die while it accepts a batch, and a worker while it works on it: repeating the call
creates what is missing, and in the end each job of the batch has been done once."""

import json
import socket
from typing import Any, cast

import grpc
import pytest
from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import batches_pb2 as pb
from snapasset.gateway.v1.batches_pb2_grpc import BatchServiceStub

from deploy.local.forks import ForkServer
from services.gateway.settings import GatewaySettings
from services.jobs import keys
from services.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import PLATFORMS, Floor
from tests.servers.gateway import ISSUER, SECRET, bearer, connected, running_gateway
from tests.servers.own_process import service_process

ORDER = {"userId": "ada", "prompt": "A lighthouse in a storm", "platforms": PLATFORMS}
MODELLED = {**ORDER, "options": {"model": "gpt-image-2", "quality": "low"}}
"""Before it accepts such a job, a gateway asks the generator for its models."""

ORDERS = [ORDER, ORDER, MODELLED, ORDER, ORDER]
REPEATABLE = (bearer("ada"), ("idempotency-key", "campaign-1"))
WAIT_SECONDS = 30


def called(channel: grpc.aio.Channel) -> Any:
    """Send the batch; return the call."""
    stub: Any = BatchServiceStub(channel)
    body = HttpBody(content_type="application/json", data=json.dumps({"jobs": ORDERS}).encode())
    request = pb.CreateBatchRequest(content=body)
    return stub.CreateBatch(request, metadata=REPEATABLE, timeout=WAIT_SECONDS)


async def half_accepted(floor: Floor, generator: str, forks: ForkServer) -> set[str]:
    """Kill a gateway that waits for a silent generator before the third job; return the others."""
    settings = GatewaySettings(
        jwt_secret=SECRET,
        jwt_issuer=ISSUER,
        redis_url=floor.redis_server.url,
        generator_address=generator,
    )
    with service_process("gateway", settings, forks) as (gateway, port):
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = called(channel)
            await eventually(lambda: floor.redis.zcard(keys.owned("ada")) == 2)
            gateway.kill()
            with pytest.raises(grpc.aio.AioRpcError):
                await call
    return {one.decode() for one in cast(list[bytes], floor.redis.zrange(keys.owned("ada"), 0, -1))}


async def test_of_a_batch_whose_gateway_and_worker_die_each_job_is_done_once(
    floor: Floor, forks: ForkServer
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        before = await half_accepted(floor, f"127.0.0.1:{silent.getsockname()[1]}", forks)
    generator = f"127.0.0.1:{floor.servers['GENERATOR_ADDRESS'].port}"
    async with (
        running_gateway(floor.redis_server.url, generator_address=generator) as address,
        connected(address, bearer("ada")) as client,
    ):
        first, again = await called(client.channel), await called(client.channel)
        assert first.jobs == again.jobs
        assert [(one.index, one.HasField("error")) for one in first.jobs] == [
            (place, False) for place in range(len(ORDERS))
        ]
        jobs = [one.job_id for one in first.jobs]
        assert (set(jobs[:2]), len(set(jobs))) == (before, len(ORDERS))
        floor.storage.hold_answer_to = PLATFORMS[1]
        floor.workers.start(WORKER_SLOTS="1")
        await floor.storage.at_the_door.wait()
        floor.workers.all[0].kill()
        floor.storage.open_door.set()
        floor.workers.start()
        for job_id in jobs:
            await floor.completed(job_id, WAIT_SECONDS)
        stub: Any = BatchServiceStub(client.channel)
        shown = (
            await client.call(stub.GetBatch, pb.GetBatchRequest(batch_id=first.batch_id))
        ).message
    assert {job.job_id for job in shown.jobs} == {*jobs}
    assert (shown.state.total, shown.state.progress, shown.state.ended) == (len(ORDERS), 100, True)
    assert getattr(shown.state.counts, Status.COMPLETED) == len(ORDERS)
    assert (floor.bought, floor.redis.zcard(keys.owned("ada"))) == (len(ORDERS), len(ORDERS))
