"""With mutual TLS each service is open to those who call it, and to no other certificate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from google.protobuf import descriptor_pb2
from google.protobuf.empty_pb2 import Empty
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.callers import CALLERS
from services.common.channels import open_channel
from services.common.descriptor_set import descriptor_file
from services.common.errors import Forbidden
from services.common.process_settings import ServerSettings
from services.common.rpc_errors import from_rpc
from services.common.serve import running
from services.common.settings import load
from tests.servers.certificates import Authority

MTLS = Path(__file__).parents[3] / "deploy" / "kubernetes" / "components" / "mtls"
PROCESSES = ("envoy", "gateway", "worker", "generator", "resizer", "storage")
PAIRS = [(package, name) for package in CALLERS for name in PROCESSES]
STORAGE = "snapasset.storage.v1"


@pytest.mark.parametrize(("package", "name"), PAIRS, ids=[f"{n}-{p}" for p, n in PAIRS])
async def test_a_service_is_open_to_its_callers_alone(
    package: str, name: str, tmp_path: Path
) -> None:
    async with calling(tmp_path, package, name) as channel:
        assert await may_call(channel, package) == (name in CALLERS[package])


async def test_another_list_takes_the_place_of_the_usual_one(tmp_path: Path) -> None:
    told = {"TLS_ALLOWED_CALLERS": "gateway.snapasset.svc, batch"}
    async with calling(tmp_path, STORAGE, "gateway.snapasset.svc", **told) as channel:
        assert await may_call(channel, STORAGE)
    async with calling(tmp_path, STORAGE, "gateway", **told) as channel:
        assert not await may_call(channel, STORAGE)


async def test_a_stream_is_as_closed_as_a_call(tmp_path: Path) -> None:
    async with calling(tmp_path, STORAGE, "resizer") as channel:
        stream: Any = channel.unary_stream(f"/{STORAGE}.TestService/Stream")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await anext(aiter(stream(b"", timeout=20)))
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED


async def test_an_rpc_that_the_table_does_not_know_is_for_nobody(tmp_path: Path) -> None:
    async with calling(tmp_path, "snapasset.unheard.v1", "gateway") as channel:
        assert not await may_call(channel, "snapasset.unheard.v1")


async def test_health_is_for_every_certificate(tmp_path: Path) -> None:
    async with calling(tmp_path, STORAGE, "resizer") as channel:
        stub = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]
        answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=20)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_without_certificates_nobody_is_asked_for_a_name(tmp_path: Path) -> None:
    plain = settings()
    async with (
        running(plain, 0, [(add_test_service, STORAGE)]) as port,
        open_channel(f"localhost:{port}", plain) as channel,
    ):
        assert await may_call(channel, STORAGE)


def test_every_contract_has_its_callers() -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_file().read_bytes()).file
    assert {file.package for file in files if file.service} == CALLERS.keys()


def test_the_names_are_those_of_the_certificates_on_kubernetes() -> None:
    made = yaml.safe_load_all((MTLS / "certificates.yaml").read_text())
    names = {name for one in made for name in one["spec"].get("dnsNames", ())}
    assert {name for callers in CALLERS.values() for name in callers} <= names


def settings(**environ: str) -> ServerSettings:
    return load(ServerSettings, {"DRAIN_SECONDS": "0", "GRACE_SECONDS": "1", **environ})


@asynccontextmanager
async def calling(
    folder: Path, package: str, name: str, **told: str
) -> AsyncIterator[grpc.aio.Channel]:
    """Serve a service of `package`; gives a channel that shows the certificate of `name`."""
    authority = Authority(folder)
    server, client = settings(**authority.environ("server"), **told), authority.environ(name)
    async with (
        running(server, 0, [(add_test_service, package)]) as port,
        open_channel(f"localhost:{port}", settings(**client)) as channel,
    ):
        yield channel


def add_test_service(package: Any, server: grpc.aio.Server) -> None:
    async def call(request: Empty, ctx: Any) -> Empty:
        return request

    async def stream(request: Empty, ctx: Any) -> AsyncIterator[Empty]:
        yield request

    coding = (Empty.FromString, Empty.SerializeToString)
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Call": grpc.unary_unary_rpc_method_handler(call, *coding),
        "Stream": grpc.unary_stream_rpc_method_handler(stream, *coding),
    }
    name = f"{package}.TestService"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))


async def may_call(channel: grpc.aio.Channel, package: str) -> bool:
    """Return whether a call succeeds or is refused. Raises whatever else comes of it."""
    call: Any = channel.unary_unary(f"/{package}.TestService/Call")
    try:
        await call(b"", timeout=20)
    except grpc.aio.AioRpcError as failure:
        error = from_rpc(failure, "peer")
        if type(error) is not Forbidden:
            raise error from failure
        return False
    return True
