"""A ticket opens one job's stream for a while."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.access.tickets import VALID_SECONDS, Tickets

JOB = f"gen-1700000000000-{'0' * 32}"
OTHER = f"gen-1700000000000-{'1' * 32}"


def tickets(*secrets: str, now: float = 1_700_000_000) -> Tickets:
    return Tickets(secrets or ["secret"], clock=lambda: now)


TICKET = tickets().issue(JOB)


@pytest.mark.parametrize(
    ("keeper", "job_id", "opens"),
    [
        (tickets(), JOB, True),
        (tickets(now=1_700_000_000 + VALID_SECONDS), JOB, True),
        (tickets(now=1_700_000_001 + VALID_SECONDS), JOB, False),
        (tickets(), OTHER, False),
        (tickets("new", "secret"), JOB, True),
        (tickets("new"), JOB, False),
    ],
)
def test_what_a_ticket_opens(keeper: Tickets, job_id: str, opens: bool) -> None:
    assert keeper.opens(TICKET, job_id) is opens


def test_expiry_cannot_be_moved() -> None:
    expiry, _, mac = TICKET.partition(".")
    assert not tickets().opens(f"{int(expiry) + 1}.{mac}", JOB)
    assert not tickets().opens(f"0{expiry}.{mac}", JOB)


@given(st.text(max_size=100) | st.from_regex(r"\d{1,12}\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_nothing_else_opens(text: str) -> None:
    assert not tickets().opens(text, JOB)
