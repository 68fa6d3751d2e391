"""An API key has limits of its own, for all its users together or for each."""

import re

import pytest
from redis import Redis

from services.gateway.access.api_keys import new_key
from services.gateway.access.key_limits import limits_from_text
from services.jobs import keys
from services.jobs.spend.purchases import this_month
from tests.servers.gateway import bearer, connected, running_gateway


@pytest.mark.parametrize(
    ("limits", "became"),
    [
        ("", ["", "", "RATE_LIMIT_EXCEEDED"]),
        ("jobs=3/hour", ["", "", ""]),
        ("jobs=1/hour", ["", "RATE_LIMIT_EXCEEDED", "RATE_LIMIT_EXCEEDED"]),
        ("jobs=1/hour+per=user", ["", "", "RATE_LIMIT_EXCEEDED"]),
        ("inFlight=1+per=user", ["", "", "JOB_LIMIT_EXCEEDED"]),
        ("inFlight=2+jobs=9/hour", ["", "", "JOB_LIMIT_EXCEEDED"]),
        ("requests=1/hour+jobs=9/hour+per=user", ["", "", "RATE_LIMIT_EXCEEDED"]),
        ("inFlight=1", ["", "JOB_LIMIT_EXCEEDED", "JOB_LIMIT_EXCEEDED"]),
        ("requests=2/hour+jobs=9/hour", ["", "", "RATE_LIMIT_EXCEEDED"]),
    ],
)
async def test_a_key_has_limits_of_its_own_for_all_its_users_or_for_each(
    redis_url: str, limits: str, became: list[str]
) -> None:
    secret, stored = new_key("importer", ["jobs"], limits_from_text(limits) if limits else None)
    async with (
        running_gateway(
            redis_url, api_key_lines=(stored.line,), rate_limit_jobs="2/hour"
        ) as address,
        connected(address, ("x-api-key", secret)) as importer,
    ):
        answers = [await importer.create(user) for user in ("ada", "bob", "ada")]
    assert [answer.code for answer in answers] == became


async def test_what_users_of_a_key_share_may_be_had_by_one_of_them(redis_url: str) -> None:
    secret, stored = new_key("importer", ["jobs"], limits_from_text("inFlight=3+jobs=9/hour"))
    async with (
        running_gateway(redis_url, api_key_lines=(stored.line,), in_flight=1) as address,
        connected(address, ("x-api-key", secret)) as importer,
        connected(address, bearer("ada")) as ada,
    ):
        answers = [await importer.create("ada") for _ in range(4)]
        assert (await ada.create("ada")).code == "JOB_LIMIT_EXCEEDED"
    assert [answer.code for answer in answers] == ["", "", "", "JOB_LIMIT_EXCEEDED"]


@pytest.mark.parametrize(
    ("per", "became"),
    [
        ("key", ["BUDGET_EXCEEDED", "BUDGET_EXCEEDED"]),
        ("user", ["BUDGET_EXCEEDED", ""]),
    ],
)
async def test_the_budget_of_a_key_is_for_all_its_users_or_for_each(
    redis_url: str, per: str, became: list[str]
) -> None:
    limits = limits_from_text(f"budgetUsd=0.5+per={per}")
    secret, stored = new_key("importer", ["jobs"], limits)
    with Redis.from_url(redis_url) as redis:
        for spent in (
            keys.spent("ada", this_month()),
            keys.spent_by_key("importer", this_month()),
        ):
            redis.hset(spent, "cost_micros", 600_000)
    async with (
        running_gateway(redis_url, api_key_lines=(stored.line,)) as address,
        connected(address, ("x-api-key", secret)) as importer,
        connected(address, bearer("ada")) as ada,
    ):
        answers = [await importer.create(user) for user in ("ada", "bob")]
        assert (await ada.create("ada")).code == ""
    assert [answer.code for answer in answers] == became
    assert answers[0].failure
    whose = {"key": "this API key", "user": "each user of this API key"}[per]
    assert f"budget of $0.50 for {whose} is used up" in answers[0].failure.message


@pytest.mark.parametrize(
    ("limits", "told", "policies"),
    [
        (
            "requests=1/hour",
            "Too many requests: 1/hour are allowed for this API key.",
            '"requests";q=1;w=3600',
        ),
        (
            "requests=1/hour+per=user",
            "Too many requests: 1/hour are allowed for each user of this API key.",
            '"requests";q=1;w=3600',
        ),
        (
            "jobs=1/minute",
            "Too many new jobs: 1/minute are allowed for this API key.",
            '"requests";q=100;w=900, "new jobs";q=1;w=60',
        ),
        (
            "jobs=1/minute+per=user",
            "Too many new jobs: 1/minute are allowed for each user of this API key.",
            '"requests";q=100;w=900, "new jobs";q=1;w=60',
        ),
        (
            "inFlight=1",
            "The users of this API key have 1 unfinished job, and may have no more.",
            '"requests";q=100;w=900',
        ),
        (
            "inFlight=1+per=user",
            "This user has 1 unfinished job, and may have no more.",
            '"requests";q=100;w=900',
        ),
    ],
)
async def test_a_refusal_says_whose_limit_it_is_and_the_headers_say_which(
    redis_url: str, limits: str, told: str, policies: str
) -> None:
    secret, stored = new_key("importer", ["jobs"], limits_from_text(limits))
    async with (
        running_gateway(redis_url, api_key_lines=(stored.line,)) as address,
        connected(address, ("x-api-key", secret)) as importer,
    ):
        assert (await importer.create("ada")).code == ""
        refused = await importer.create("ada")
    assert refused.failure
    assert refused.failure.message.startswith(told)
    assert refused.headers["ratelimit-policy"] == policies
    wait = re.search(r";r=0;t=(\d+)$", refused.headers["ratelimit"])
    assert bool(wait) == (refused.code == "RATE_LIMIT_EXCEEDED")
    if wait:
        assert refused.headers["retry-after"] in (wait[1], str(int(wait[1]) + 1))


async def test_a_request_that_names_no_user_counts_for_the_key(redis_url: str) -> None:
    limits = limits_from_text("requests=2/hour+per=user")
    secret, stored = new_key("importer", ["jobs"], limits)
    async with (
        running_gateway(redis_url, api_key_lines=(stored.line,)) as address,
        connected(address, ("x-api-key", secret)) as importer,
    ):
        jobs = [(await importer.create(user)).message.job_id for user in ("ada", "bob")]
        looked = [await importer.get(one) for one in (*jobs, jobs[0])]
        assert (await importer.create("ada")).code == ""
        assert (await importer.create("ada")).code == "RATE_LIMIT_EXCEEDED"
        odd = await importer.create("a|b")
    assert [answer.code for answer in looked] == ["", "", "RATE_LIMIT_EXCEEDED"]
    assert odd.code == "RATE_LIMIT_EXCEEDED", "what cannot be a user is nobody"
