"""While Redis is away, callers are told so, and soon."""

import asyncio
import signal

import pytest

from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.redis import redis_process


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_answer_is_unavailable_within_5_seconds(blow: signal.Signals) -> None:
    with redis_process() as (url, process):
        async with (
            running_gateway(url) as address,
            connected(address, bearer("alice")) as alice,
        ):
            assert (await alice.create("alice")).code == ""
            process.send_signal(blow)
            async with asyncio.timeout(5):
                answers = await asyncio.gather(*(alice.create("alice") for _ in range(10)))
            process.send_signal(signal.SIGCONT)
    assert {answer.code for answer in answers} == {"SERVICE_UNAVAILABLE"}
    assert {answer.failure and answer.failure.retry_after_seconds for answer in answers} == {5}
