"""Both clients offer every operation of the public contract, with all that it takes."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from snapasset.gateway.v1 import batches_pb2 as bat
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1 import renditions_pb2 as ren
from snapasset.gateway.v1 import users_pb2 as use

from clients.javascript.generate import PAGES
from clients.python.snapasset_client import SnapAsset
from services.common.contracts import Binding, Rpc
from services.common.descriptor_set import descriptor_file, read_contracts

CONTRACTS = read_contracts(descriptor_file().read_bytes())
PUBLIC = {rpc.name: rpc for rpc in CONTRACTS.rpcs if rpc.name not in PAGES}
SDK = Path(__file__).parents[3] / "clients" / "javascript"
JOB = "gen-1640000000000-0123456789abcdef0123456789abcdef"
BATCH = "batch-1640000000000-0123456789abcdef0123456789abcdef"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
GENERATION = "01932d4e-7f00-7abc-8def-0123456789ab"
UPLOAD = "up-1640000000000-0123456789abcdef0123456789abcdef"
WEBHOOK = "wh-0123456789abcdef0123456789abcdef"
MESSAGE = "msg_1640000000000_0123456789abcdef"
IMAGE = pb.JobImage(url=f"http://x/images/ada/{GENERATION}/twitter-post.jpg", size=1)

FOR_BROWSERS = {
    "WatchJobRequest.ticket",
    "WatchBatchRequest.ticket",
    "GetImageRequest.download",
    "CreateBatchRequest.content",
}
"""What clients need not send: they have credentials, and no window to show an image in."""

ANSWERS: dict[str, Message] = {
    "WatchJob": pb.WatchJobResponse(type="done", status="completed"),
    "WatchBatch": bat.WatchBatchResponse(type="done"),
    "DeleteUserData": use.DeleteUserDataResponse(done=True),
}


async def drained(entries: AsyncIterator[object]) -> None:
    async for _ in entries:
        pass


OPERATIONS: Sequence[Callable[[SnapAsset], Awaitable[object]]] = [
    lambda client: client.create_job(pb.CreateJobRequest(user_id="ada", prompt="x")),
    lambda client: client.get_job(JOB),
    lambda client: drained(
        client.jobs(
            status="failed",
            user_id="ada",
            created_after=NOON,
            created_before=NOON,
            platform="poster",
            batch_id=BATCH,
            sort="oldest",
        )
    ),
    lambda client: drained(client.watch(JOB)),
    lambda client: client.retry_job(JOB, buy_again=True),
    lambda client: client.cancel_job(JOB),
    lambda client: client.create_batch([pb.CreateJobRequest(user_id="ada", prompt="x")]),
    lambda client: client.get_batch(BATCH, limit=5),
    lambda client: drained(client.watch_batch(BATCH)),
    lambda client: client.cancel_batch(BATCH),
    lambda client: client.queue_stats(),
    lambda client: client.clean_queue(grace=1, status="failed"),
    lambda client: client.pause_queue(),
    lambda client: client.resume_queue(),
    lambda client: drained(client.generations(user_id="ada")),
    lambda client: client.get_generation(GENERATION, user_id="ada"),
    lambda client: client.delete_generation(GENERATION, user_id="ada"),
    lambda client: client.cut(
        ren.CreateRenditionsRequest(
            generation_id=GENERATION,
            user_id="ada",
            master=2,
            renditions=[ren.RenditionOrder(platform="x-post")],
            options=ren.CutOptions(format="webp"),
        )
    ),
    lambda client: client.delete_rendition(GENERATION, "x-post-1200x675", user_id="ada"),
    lambda client: drained(client.master(GENERATION, 2, user_id="ada")),
    lambda client: client.upload(b"x", user_id="ada"),
    lambda client: drained(client.uploads(user_id="ada")),
    lambda client: client.get_upload(UPLOAD, user_id="ada"),
    lambda client: client.delete_upload(UPLOAD, user_id="ada"),
    lambda client: client.create_webhook("https://hooks.example", ["job.failed"], user_id="ada"),
    lambda client: client.webhooks(user_id="ada"),
    lambda client: client.delete_webhook(WEBHOOK, user_id="ada"),
    lambda client: client.webhook_secret(user_id="ada"),
    lambda client: client.rotate_webhook_secret(WEBHOOK, user_id="ada"),
    lambda client: client.test_webhook(WEBHOOK, user_id="ada"),
    lambda client: drained(client.deliveries(WEBHOOK, user_id="ada")),
    lambda client: client.redeliver(WEBHOOK, MESSAGE, user_id="ada"),
    lambda client: drained(client.delete_user_data("ada")),
    lambda client: client.usage(month="2026-11", user_id="ada"),
    lambda client: client.platforms(),
    lambda client: client.models(),
    lambda client: client.health(),
    lambda client: client.api_index(),
    lambda client: drained(client.download(IMAGE)),
]


class Recorder(grpc.GenericRpcHandler):
    """Answers every rpc of the contract, and keeps which were called with which fields."""

    def __init__(self) -> None:
        self.called: dict[str, set[str]] = {}

    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any]":
        """Return what answers one call: one message for one, whatever kind of rpc it is."""
        rpc = PUBLIC[details.method.rpartition("/")[2]]

        async def answer(requests: AsyncIterator[bytes], _: object) -> AsyncIterator[bytes]:
            async for request in requests:
                fields = message_of(rpc.request).FromString(request).ListFields()
                self.called[rpc.name] = {field.name for field, _ in fields}
                break
            if rpc.name == "GetImage":
                yield b"\x0a\x03\x12\x01x"
            else:
                yield ANSWERS.get(rpc.name, message_of(rpc.response)()).SerializeToString()

        return grpc.stream_stream_rpc_method_handler(answer)


def message_of(name: str) -> type[Message]:
    """Return the class of a message of the contract."""
    return GetMessageClass(pb.DESCRIPTOR.pool.FindMessageTypeByName(name))


async def test_the_python_client_offers_every_operation() -> None:
    recorder = Recorder()
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([recorder])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with asyncio.timeout(30), SnapAsset(f"127.0.0.1:{port}") as client:
            for operation in OPERATIONS:
                await operation(client)
    finally:
        await server.stop(None)
    assert recorder.called.keys() == PUBLIC.keys()
    for rpc in PUBLIC.values():
        if rpc.name == "CreateJob":  # takes the whole message
            continue
        asked = CONTRACTS.messages[rpc.request]
        missing = {f"{asked.name}.{field.name}" for field in asked.fields} - {
            f"{asked.name}.{name}" for name in recorder.called[rpc.name]
        }
        # The first page has no cursor.
        assert {one for one in missing if not one.endswith(".cursor")} <= FOR_BROWSERS


def test_the_javascript_client_offers_every_operation() -> None:
    if not shutil.which("node"):
        pytest.skip("Node 20 or newer is not installed")
    ran = subprocess.run(
        ["node", "test/operations.js"], cwd=SDK, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    called = {}
    for line in ran.stdout.splitlines():
        verb, _, address = line.partition(" ")
        split = urlsplit(address)
        [(rpc, binding)] = bound_to(verb, split.path)
        called[rpc.name] = {name for name, _ in parse_qsl(split.query)}
        if not binding.body:
            asked = CONTRACTS.messages[rpc.request]
            taken = {
                field.json_name
                for field in asked.fields
                if field.name not in binding.variables
                and f"{asked.name}.{field.name}" not in FOR_BROWSERS
            }
            assert called[rpc.name] == taken, line
    assert called.keys() == PUBLIC.keys()


def bound_to(verb: str, path: str) -> list[tuple[Rpc, Binding]]:
    """Return the operations that a request would reach."""
    return [
        (rpc, binding)
        for rpc in PUBLIC.values()
        for binding in rpc.bindings
        if binding.method == verb.lower() and pattern(binding.template).fullmatch(path)
    ]


def pattern(template: str) -> re.Pattern[str]:
    """Return what paths of a template look like."""
    parts = re.split(r"(\{[^}]*\})", template)
    known = {True: ".+", False: "[^/]+"}
    return re.compile(
        "".join(known["**" in one] if one[:1] == "{" else re.escape(one) for one in parts)
    )
