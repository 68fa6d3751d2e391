"""Files that never end, or are not as long as they say, tie down little."""

import asyncio

import pytest

from services.gateway.settings import GatewaySettings
from tests.attack.conftest import UPLOAD_SECONDS, Target
from tests.attack.test_memory import fill, is_served
from tests.eventually import eventually
from tests.raw_http2 import Http2, request
from tests.unit.resizer.pictures import quadrants, saved

PICTURE = saved(quadrants(60, 40))
SETTINGS = GatewaySettings()
SENT_BYTES = 1_000_000
MOST_MIB = 50


def asked(target: Target, user: str, length: int) -> list[tuple[str, str]]:
    """Return the fields of an upload that is said to be so long."""
    bearer = ("authorization", f"Bearer {target.stack.token(user)}")
    return request("POST", "/api/uploads", bearer, ("content-length", str(length)))


def test_what_has_passed_through_is_held_no_longer(target: Target) -> None:
    """100 files of which a megabyte has come: storage has it, and nobody holds it in memory."""
    names = ("envoy", "gateway", "storage")
    before = {name: target.memory_mib(name) for name in names}

    def grown() -> dict[str, float]:
        return {name: target.memory_mib(name) - mib for name, mib in before.items()}

    with Http2(target.port) as client:
        streams = [1 + 2 * number for number in range(client.max_streams)]
        for number, stream in enumerate(streams):
            user = f"sender-{number // SETTINGS.uploads_per_caller}"
            client.begin(stream, asked(target, user, 8 * SENT_BYTES))
            client.data(stream, PICTURE)
        fill(client, dict.fromkeys(streams, SENT_BYTES))
        assert client.answered | client.refused == set()
        assert not client.closed
        assert is_served(target)
        asyncio.run(eventually(lambda: max(grown().values()) < MOST_MIB, UPLOAD_SECONDS / 2))


@pytest.mark.parametrize("length", [len(PICTURE) - 1, 40])
def test_a_file_that_is_longer_than_it_says_is_cut_off(target: Target, length: int) -> None:
    with Http2(target.port) as client:
        client.begin(1, asked(target, "liar", length))
        client.data(1, PICTURE)
        client.read(1)
        assert client.refused == {1}
