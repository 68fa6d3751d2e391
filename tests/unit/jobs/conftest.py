"""Jobs on a real Redis: everything that moves and reads them."""

from datetime import timedelta

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.jobs.moves import Moves
from services.jobs.reader import Reader
from services.jobs.recovery import Recovery
from services.jobs.reports import Reports
from services.jobs.transition import Transitions
from tests.unit.jobs.shop import LEASE, Shop


@pytest.fixture
def shop(redis: Redis, async_redis: AsyncRedis) -> Shop:
    transitions = Transitions(redis, retention=timedelta(hours=1), lease=LEASE)
    moves = Moves(transitions)
    return Shop(
        redis=redis,
        transitions=transitions,
        moves=moves,
        reader=Reader(async_redis),
        reports=Reports(async_redis, LEASE),
        recovery=Recovery(redis, transitions, moves, attempts=3, lease=LEASE),
    )
