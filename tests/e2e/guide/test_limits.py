"""The guide's ways of meeting a limit, against real limits and by real waiting."""

import math

from deploy.local.stack import Stack
from tests.e2e.guide.conftest import NewOwner
from tests.e2e.guide.engine import Engine
from tests.e2e.guide.examples import example
from tests.e2e.guide.test_blocks import HANDLING_ERRORS, reader

PROVES = ["Handling Rate Limits, javascript", "2. Handle Rate Limits Gracefully, javascript"]
LONGEST_WAIT_SECONDS = 3 + 1
"""The window, rounded up to the whole second in which it is surely over."""

USE_UP = "await until(async () => (await api('GET', '/api/jobs')).status === 429);"


def test_refused_post_names_the_seconds_to_wait(hasty_engine: Engine, hasty_stack: Stack) -> None:
    script = f"""
        const body = '{{}}';
        const anonymous = () => globalThis.fetch('/api/jobs', {{ method: 'POST', body }});
        await until(async () => (await anonymous()).status === 429);
        {example("Handling Rate Limits, javascript", hasty_stack.port)}
        return [response.status, seen.logs.map((log) => log[1])];
    """
    status, [words] = hasty_engine.run(script)
    assert status == 429
    seconds = int(words.removeprefix("Rate limited. Retry after ").removesuffix(" seconds"))
    assert 1 <= seconds <= LONGEST_WAIT_SECONDS


def test_create_job_waits_as_long_as_told_and_then_succeeds(
    hasty_engine: Engine, hasty_stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        const {{ token }} = input;
        {HANDLING_ERRORS}
        {USE_UP}
        const {{ status }} = await createJob(input.order);
        return [status, seen.calls.map((call) => call[2]), seen.slept];
    """
    status, codes, slept = hasty_engine.run(script, **reader(hasty_stack, new_owner))
    assert [status, codes] == ["queued", [429, 201]]
    assert 1 <= slept[0] / 1000 <= LONGEST_WAIT_SECONDS
    assert math.isclose(slept[0] % 1000, 0)


API_CLIENT = f"""
    {example("2. Handle Rate Limits Gracefully, javascript")}
    const options = {{ headers: {{ Authorization: `Bearer ${{input.token}}` }} }};
    const request = () => new ApiClient().request('/api/jobs', options);
"""


def test_api_client_waits_as_long_as_told_and_then_succeeds(
    hasty_engine: Engine, hasty_stack: Stack, new_owner: NewOwner
) -> None:
    script = f"{API_CLIENT} {USE_UP} await request(); return seen.calls.map((call) => call[2]);"
    assert hasty_engine.run(script, **reader(hasty_stack, new_owner)) == [429, 200]


def test_api_client_gives_up_after_three_refusals(
    hasty_engine: Engine, hasty_stack: Stack, new_owner: NewOwner
) -> None:
    # A reader whose sleep is too short is refused again.
    script = f"""
        const sleep = (milliseconds) => {{ seen.slept.push(milliseconds); }};
        {API_CLIENT} {USE_UP}
        const error = await request().catch((caught) => caught);
        return [error.message, seen.slept.length];
    """
    outcome = hasty_engine.run(script, **reader(hasty_stack, new_owner))
    assert outcome == ["Max retries exceeded", 3]
