"""The studio is signed in by itself where that is asked for, and only the page itself."""

import pytest

from services.gateway.access.local_sign_in import USER, LocalSignIn
from services.gateway.access.tokens import TokenVerifier

SECRET = "s" * 32
HERE = ["localhost:3001"]


async def test_the_page_gets_a_token_that_the_gateway_takes() -> None:
    token = LocalSignIn(SECRET, issuer="me", audience="people").token(["same-origin"], HERE)
    verifier = TokenVerifier(secrets=[SECRET], keys=None, issuer="me", audience="people")
    caller = await verifier.verify(token)
    assert (caller.owner, len(caller.scopes)) == (USER, 1)


@pytest.mark.parametrize(
    "fetch_site",
    [[], ["cross-site"], ["same-site"], ["none"], ["same-origin", "cross-site"], ["Same-Origin"]],
)
def test_other_sites_and_programs_get_none(fetch_site: list[str]) -> None:
    assert LocalSignIn(SECRET, issuer="me", audience="people").token(fetch_site, HERE) == ""


def test_nobody_gets_one_where_it_is_off() -> None:
    assert LocalSignIn("", issuer="me", audience="people").token(["same-origin"], HERE) == ""


@pytest.mark.parametrize(
    ("host", "given"),
    [
        ("localhost", True),
        ("LOCALHOST:3001", True),
        ("127.0.0.1:3001", True),
        ("[::1]:3001", True),
        ("evil.example", False),
        ("localhost.evil.example:3001", False),
        ("evil.example@localhost", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_get_one(host: str, given: bool) -> None:
    token = LocalSignIn(SECRET, issuer="me", audience="people").token(["same-origin"], [host])
    assert bool(token) == given


@pytest.mark.parametrize("hosts", [[], ["localhost", "localhost"]])
def test_a_host_that_is_missing_or_said_twice_gets_none(hosts: list[str]) -> None:
    assert LocalSignIn(SECRET, issuer="me", audience="people").token(["same-origin"], hosts) == ""
