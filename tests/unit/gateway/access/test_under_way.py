"""One address has a bounded number of downloads under way, and others have theirs."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest

from services.common.errors import RateLimitExceeded
from services.gateway.access.metadata import ClientAddresses
from services.gateway.access.under_way import UnderWay

IMAGE = "/site/GetImage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """As much of a context as is needed here."""

    client: str

    def peer(self) -> str:
        return f"ipv4:{self.client}:4711"

    def invocation_metadata(self) -> tuple[tuple[str, str], ...]:
        return ()


def call(client: str = "192.0.2.1") -> Any:
    return Call(client=client)


@pytest.fixture
def downloads() -> UnderWay:
    addresses = ClientAddresses([ip_network("10.0.0.0/8")])
    return UnderWay(most=2, client=addresses.of, refusal="You have {most} under way.")


async def test_one_too_many_is_refused_until_another_has_ended(downloads: UnderWay) -> None:
    async with downloads.around(call(), IMAGE):
        async with downloads.around(call(), IMAGE):
            with pytest.raises(RateLimitExceeded) as caught:
                await begin(downloads, call(), IMAGE)
        await begin(downloads, call(), IMAGE)
    assert caught.value.retry_after_seconds == 1
    assert caught.value.message == "You have 2 under way."


async def test_other_addresses_are_not_concerned(downloads: UnderWay) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(downloads.around(call(), IMAGE))
        await begin(downloads, call("192.0.2.2"), IMAGE)


async def test_a_download_that_fails_has_ended_too(downloads: UnderWay) -> None:
    for _ in range(3):
        with pytest.raises(ConnectionError):
            async with downloads.around(call(), IMAGE):
                raise ConnectionError


async def begin(downloads: UnderWay, ctx: Any, method: str) -> None:
    async with downloads.around(ctx, method):
        pass
