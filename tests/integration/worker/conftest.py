"""Each test of the worker has a shop floor of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.forks import ForkServer
from tests.integration.worker.floor import Floor, shop_floor


@pytest.fixture
async def floor(tmp_path: Path, forks: ForkServer) -> AsyncIterator[Floor]:
    async with shop_floor(tmp_path, forks) as floor:
        yield floor
