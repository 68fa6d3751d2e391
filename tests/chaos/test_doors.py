"""An order is the same through every door, so that it may be repeated through another one."""

import json

import httpx2
from google.protobuf.json_format import ParseDict
from snapasset.gateway.v1 import jobs_pb2 as pb

from tests.chaos.doors import RestDoor


async def test_rest_orders_all_that_grpc_does() -> None:
    sent: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return httpx2.Response(201, json={"jobId": "gen-1"})

    order = pb.CreateJobRequest(
        user_id="ada",
        prompt="A lighthouse in a storm",
        platforms=["x-post"],
        options=pb.JobOptions(quality="low", variants=2),
        references=["up-1"],
    )
    transport = httpx2.MockTransport(answer)
    async with httpx2.AsyncClient(transport=transport, base_url="http://api") as http:
        assert await RestDoor(http).create(order, ()) == "gen-1"
    [body] = sent
    assert ParseDict(json.loads(body), pb.CreateJobRequest()) == order
