"""A job through the Service, by each of the ways in, ends with images that are served."""

import io
import struct

import httpx2
from PIL import Image
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from services.common.platforms import PLATFORMS
from tests.cluster.nodes.installed import Installed
from tests.e2e.client import PATIENCE_SECONDS, create, finish

_INSTALL_SECONDS = 900
_ALL = tuple(PLATFORMS)
_WEB = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1"}
_SERVICE = "/snapasset.gateway.v1.JobService"


async def test_a_job_by_rest_and_server_sent_events(installed: Installed) -> None:
    async with installed.client() as client:
        job = await create(client, "A lighthouse in a storm", *_ALL)
        done = await finish(client, job["jobId"])
        assert done["status"] == "completed", done
        images = done["result"]["images"]
        assert [image["platformId"] for image in images] == list(_ALL)
        for image in images:
            path = httpx2.URL(image["url"]).path
            picture = Image.open(io.BytesIO((await client.get(path)).content))
            assert picture.size == (image["width"], image["height"])


async def test_a_job_by_grpc(installed: Installed) -> None:
    metadata = (("authorization", f"Bearer {installed.token()}"),)
    async with installed.channel() as channel:
        jobs = JobServiceStub(channel)
        job = await jobs.CreateJob(
            _order("A city at night"), metadata=metadata, timeout=PATIENCE_SECONDS
        )
        watch = jobs.WatchJob(
            pb.WatchJobRequest(job_id=job.job_id), metadata=metadata, timeout=PATIENCE_SECONDS
        )
        last = [event async for event in watch][-1]
    assert (last.type, last.status, last.progress) == ("done", "completed", 100)


async def test_a_job_by_grpc_web(installed: Installed) -> None:
    async with installed.client() as client:
        made = await _web(client, "CreateJob", _order("A quiet forest"))
        job = pb.CreateJobResponse.FromString(made[0])
        watched = await _web(client, "WatchJob", pb.WatchJobRequest(job_id=job.job_id))
    last = pb.WatchJobResponse.FromString(watched[-1])
    assert (last.type, last.status, last.progress) == ("done", "completed", 100)


def _order(prompt: str) -> pb.CreateJobRequest:
    return pb.CreateJobRequest(user_id="user-123", prompt=prompt, platforms=["instagram-post"])


async def _web(
    client: httpx2.AsyncClient, method: str, request: pb.CreateJobRequest | pb.WatchJobRequest
) -> list[bytes]:
    """Make a gRPC-Web call and return the messages of its answer."""
    message = request.SerializeToString()
    body = struct.pack(">BI", 0, len(message)) + message
    answer = await client.post(f"{_SERVICE}/{method}", content=body, headers=_WEB)
    rest, messages = answer.content, []
    while rest and not rest[0]:
        (length,) = struct.unpack(">I", rest[1:5])
        messages.append(rest[5 : 5 + length])
        rest = rest[5 + length :]
    assert b"grpc-status:0" in rest.replace(b" ", b""), rest
    return messages
