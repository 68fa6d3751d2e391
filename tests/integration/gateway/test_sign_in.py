"""Who is signed in by a real OpenID Connect provider is that user at the gateway, with RS256."""

from collections.abc import Iterator

import pytest

from tests.servers.gateway import connected, running_gateway
from tests.servers.sign_in import NoProvider, running_provider, sign_in

AUDIENCE = "https://snapasset.example.com"


@pytest.fixture
def issuer() -> Iterator[str]:
    try:
        with running_provider(AUDIENCE) as issuer:
            yield issuer
    except NoProvider as reason:
        pytest.skip(str(reason))


async def test_a_person_creates_jobs_with_the_access_token_and_not_with_another(
    issuer: str, redis_url: str
) -> None:
    tokens = sign_in(issuer, "ada")
    settings = {
        "jwt_secret": "",
        "jwks_url": tokens.jwks_url,
        "jwt_issuer": issuer,
        "jwt_audience": AUDIENCE,
        "ticket_secret": "a-secret-of-tickets-that-is-long-enough",
    }
    async with running_gateway(redis_url, **settings) as address:
        async with connected(address, bearer(tokens.access)) as client:
            assert (await client.create("ada")).message.job_id
            assert (await client.create("bob")).code == "FORBIDDEN"
        # It says who somebody is, to the page; its audience is the page.
        async with connected(address, bearer(tokens.identity)) as client:
            assert (await client.create("ada")).code == "UNAUTHORIZED"


def bearer(token: str) -> tuple[str, str]:
    return "authorization", f"Bearer {token}"
