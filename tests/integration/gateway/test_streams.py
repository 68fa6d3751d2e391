"""Who may watch a job: its owner, a ticket's holder and, where nothing is demanded, its id's."""

from urllib.parse import parse_qs, urlsplit

import pytest

from services.gateway.access.tickets import Tickets
from tests.servers.gateway import SECRET, bearer, connected, running_gateway

OTHER_JOB = f"gen-1700000000000-{'0' * 32}"


@pytest.mark.parametrize(
    ("demanded", "caller", "ticket", "code"),
    [
        (False, None, "", ""),
        (False, None, "wrong", ""),
        (False, "mallory", "", "JOB_NOT_FOUND"),
        (False, "mallory", "theirs", ""),
        (True, None, "", "UNAUTHORIZED"),
        (True, None, "wrong", "UNAUTHORIZED"),
        (True, None, "expired", "UNAUTHORIZED"),
        (True, None, "of another job", "UNAUTHORIZED"),
        (True, None, "of another service", "UNAUTHORIZED"),
        (True, None, "theirs", ""),
        (True, "alice", "", ""),
        (True, "alice", "wrong", ""),
        (True, "mallory", "", "JOB_NOT_FOUND"),
        (True, "mallory", "of another job", "JOB_NOT_FOUND"),
    ],
)
async def test_who_may_watch(
    redis_url: str, demanded: bool, caller: str | None, ticket: str, code: str
) -> None:
    async with running_gateway(redis_url, ticket_switch=demanded) as address:
        async with connected(address, bearer("alice")) as alice:
            created = (await alice.create("alice")).message
        [theirs] = parse_qs(urlsplit(created.stream_url).query)["ticket"]
        shown = {
            "": "",
            "wrong": theirs[:-1] + ("A" if theirs[-1] != "A" else "B"),
            "theirs": theirs,
            "expired": Tickets([SECRET], clock=lambda: 0).issue(created.job_id),
            "of another job": Tickets([SECRET]).issue(OTHER_JOB),
            "of another service": Tickets(["another secret"]).issue(created.job_id),
        }[ticket]
        credentials = [bearer(caller)] if caller else []
        async with connected(address, *credentials) as client:
            assert (await client.watch(created.job_id, shown)).code == code
