"""Jobs on a real Redis: everything that moves and reads them."""

from datetime import timedelta

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.jobs.claims import Claims
from services.jobs.figures import Figures
from services.jobs.moves import Moves
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.recovery import Recovery
from services.jobs.repairs import Repairs
from services.jobs.reports import Reports
from services.jobs.retrying import Retrying
from tests.unit.jobs.shop import LEASE, Shop


@pytest.fixture
def shop(redis: Redis, async_redis: AsyncRedis) -> Shop:
    records = Records(redis, retention=timedelta(hours=1), lease=LEASE)
    claims, repairs = Claims(records), Repairs(records)
    return Shop(
        redis=redis,
        records=records,
        claims=claims,
        repairs=repairs,
        retrying=Retrying(records),
        moves=Moves(records),
        reader=Reader(async_redis),
        figures=Figures(async_redis),
        reports=Reports(async_redis, LEASE),
        recovery=Recovery(redis, claims, repairs, attempts=3, lease=LEASE),
    )
