"""Each test of the worker has a shop floor of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.worker.floor import Floor, shop_floor


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with shop_floor(tmp_path) as floor:
        yield floor
