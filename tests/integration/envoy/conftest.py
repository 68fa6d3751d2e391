"""Two Envoys for all tests of this folder: one in front of a canned gateway, and one of an echo."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio

from tests.servers.canned_gateway import CannedJobs, running_gateway
from tests.servers.echo_gateway import EchoGateway, running_echo
from tests.servers.envoy import running_envoy
from tests.servers.trial_contract import with_trial_service


@dataclass(frozen=True, kw_only=True, slots=True)
class Front:
    """What the tests drive: HTTP client, address for gRPC, and the servicer behind."""

    http: httpx2.AsyncClient
    address: str
    jobs: CannedJobs


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def front(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """Give the running pair."""
    folder = tmp_path_factory.mktemp("envoy")
    jobs = CannedJobs()
    async with (
        running_gateway(jobs) as port,
        running_envoy(folder, port, unary_seconds=1) as envoy,
        httpx2.AsyncClient(base_url=envoy.url, timeout=10) as http,
    ):
        yield Front(http=http, address=envoy.address, jobs=jobs)


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """Envoy before a gateway that notes what arrives: every rpc, TrialService included."""

    http: httpx2.AsyncClient
    echo: EchoGateway


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """Give the running pair."""
    folder = tmp_path_factory.mktemp("door")
    descriptors = folder / "contracts.binpb"
    descriptors.write_bytes(with_trial_service())
    echo = EchoGateway(with_trial_service())
    async with (
        running_echo(echo) as port,
        running_envoy(folder, port, descriptor_file=descriptors) as envoy,
        httpx2.AsyncClient(base_url=envoy.url, timeout=10) as http,
    ):
        yield Door(http=http, echo=echo)
