"""One Envoy in front of one canned gateway, for all tests of this folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest
import pytest_asyncio

from tests.servers.canned_gateway import CannedJobs, running_gateway
from tests.servers.envoy import running_envoy


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
