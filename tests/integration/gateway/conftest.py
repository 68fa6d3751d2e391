"""A real Redis of its own for each test of the gateway."""

from collections.abc import Iterator

import pytest

from tests.servers.redis import running_redis


@pytest.fixture
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url
