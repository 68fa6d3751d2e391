"""Each JavaScript block of the guide, verbatim, in Node and in Chromium.

A block that sends no credentials must be told so: the guide says that every request needs them.
"""

from typing import Any

import pytest

from deploy.local.stack import Stack
from tests.e2e.guide.conftest import NewOwner
from tests.e2e.guide.engine import Engine, ScriptFailed
from tests.e2e.guide.examples import example

PROVES = [
    "Handling Rate Limits, javascript",
    "Real-time Updates (SSE), javascript",
    "Handling Errors, javascript",
    "1. Use Real-time Updates, javascript",
    "3. Validate Before Creating Jobs, javascript",
    "4. Clean Up Completed Jobs, javascript",
    "5. Monitor Queue Health, javascript",
    "6. Use Exponential Backoff, javascript",
    "7. Implement Timeout, javascript",
]
PROMPT = "A beautiful sunset over mountains"
HANDLING_ERRORS = f"""
    async function createJob(jobData) {{
    {example("Handling Errors, javascript")}
    }}
"""
"""The block ends in `return`: it is the body of the createJob that it calls itself."""


def order(owner: str, **more: Any) -> dict[str, Any]:
    return {"userId": owner, "prompt": PROMPT, "platforms": ["instagram-post"], **more}


def reader(stack: Stack, new_owner: NewOwner, **more: Any) -> dict[str, Any]:
    """What the scripts below find in `input`."""
    owner = new_owner()
    return {"token": stack.token(owner), "order": order(owner, **more)}


def test_post_without_credentials_is_unauthorized_and_not_limited(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        const body = JSON.stringify(input.order);
        {example("Handling Rate Limits, javascript", stack.port)}
        return [response.status, (await response.json()).code, seen.logs];
    """
    assert engine.run(script, **reader(stack, new_owner)) == [401, "UNAUTHORIZED", []]


FOLLOW = """
    let shown = 0, pictures;
    const updateProgressBar = (percent) => { shown = percent; };
    const displayImages = (images) => { pictures = images; };
    const { body: { jobId } } = await api('POST', '/api/jobs', input.order);
    BLOCK
    await until(() => eventSource.readyState === 2);
    return { shown, pictures, logs: seen.logs };
"""


def test_event_source_follows_a_job_to_its_images(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    block = example("Real-time Updates (SSE), javascript", stack.port)
    outcome = engine.run(FOLLOW.replace("BLOCK", block), **reader(stack, new_owner))
    words = [log[1] for log in outcome["logs"]]
    assert words[0] == "Connected to job updates"
    assert f"Progress: {outcome['shown']}%" in words
    assert words[-1] == "Job completed!"
    assert [image["platform"] for image in outcome["pictures"]] == ["Instagram Post"]
    assert all(log[0] == "log" for log in outcome["logs"])


def test_event_source_of_a_failed_job_ends_without_images(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    block = example("Real-time Updates (SSE), javascript", stack.port)
    asked = reader(stack, new_owner, prompt=f"{PROMPT} [standin: fail=bad_key]")
    outcome = engine.run(FOLLOW.replace("BLOCK", block), **asked)
    assert outcome["pictures"] == []
    assert outcome["logs"][-1][2]["success"] is False


def test_event_source_of_no_job_is_an_error_and_closes(engine: Engine, stack: Stack) -> None:
    script = f"""
        const jobId = 'gen-1640000000-abc123';
        {example("Real-time Updates (SSE), javascript", stack.port)}
        await until(() => eventSource.readyState === 2);
        await until(() => seen.logs.length > 0);
        return seen.logs.map(([level, text]) => [level, text]);
    """
    assert engine.run(script) == [["error", "SSE error:"]]


def test_create_job_with_error_handling_creates_a_job(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        const {{ token }} = input;
        {HANDLING_ERRORS}
        return createJob(input.order);
    """
    assert engine.run(script, **reader(stack, new_owner))["status"] == "queued"


def test_create_job_with_error_handling_refreshes_a_refused_token(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        let token = 'expired';
        const refreshAuth = async () => {{ token = input.token; }};
        {HANDLING_ERRORS}
        const {{ status }} = await createJob(input.order);
        return [status, seen.calls.map((call) => call[2])];
    """
    assert engine.run(script, **reader(stack, new_owner)) == ["queued", [401, 201]]


def test_create_job_with_error_handling_throws_the_words_of_other_errors(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        const {{ token }} = input;
        {HANDLING_ERRORS}
        const error = await createJob(input.order).catch((caught) => caught);
        return [error.message, seen.logs[0][1]];
    """
    message, logged = engine.run(script, **reader(stack, new_owner, platforms=["myspace"]))
    assert "platforms[0]" in message
    assert logged == "Failed to create job:"


def test_real_time_updates_arrive_and_polling_without_credentials_is_refused(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        const types = [];
        const handleUpdate = (event) => {{
          types.push(JSON.parse(event.data).type);
          if (types.at(-1) === 'done') eventSource.close();
        }};
        const {{ body: {{ jobId }} }} = await api('POST', '/api/jobs', input.order);
        {example("1. Use Real-time Updates, javascript")}
        await until(() => types.includes('done') && seen.calls.length > 0);
        clearInterval(interval);
        return [types[0], seen.calls[0][2], seen.every];
    """
    assert engine.run(script, **reader(stack, new_owner)) == ["connected", 401, [1000]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, None),
        ({"userId": ""}, "userId is required"),
        ({"prompt": "Too short"}, "prompt must be at least 10 characters"),
        ({"platforms": []}, "At least one platform is required"),
        ({"platforms": ["myspace"]}, "Invalid platform: myspace"),
    ],
)
def test_the_api_agrees_with_the_validator(
    engine: Engine, stack: Stack, new_owner: NewOwner, wrong: dict[str, Any], message: str | None
) -> None:
    script = f"""
        {example("3. Validate Before Creating Jobs, javascript")}
        let message = null;
        try {{ validateJobData(input.order); }} catch (error) {{ message = error.message; }}
        return [message, (await api('POST', '/api/jobs', input.order)).status];
    """
    asked = reader(stack, new_owner, **wrong)
    assert engine.run(script, **asked) == [message, 400 if message else 201]


def test_cleaning_needs_an_administrator(engine: Engine, stack: Stack) -> None:
    block = example("4. Clean Up Completed Jobs, javascript")
    assert engine.run(f"{block}; return seen.calls;") == [["POST", "/api/queue/clean", 401]]
    script = """
        const answer = await api('POST', '/api/queue/clean',
          { grace: 86400000, status: 'completed' });
        return [answer.status, answer.body.code ?? answer.body];
    """
    assert engine.run(script, token=stack.token("user-123")) == [403, "FORBIDDEN"]
    admin = stack.token("operator", role="admin")
    assert engine.run(script, token=admin) == [200, {"cleaned": 0, "status": "completed"}]


def test_monitoring_without_credentials_is_refused_and_warns_of_nothing(engine: Engine) -> None:
    script = f"""
        {example("5. Monitor Queue Health, javascript")}
        await until(() => seen.calls.length > 0);
        return [seen.calls, seen.logs, seen.every];
    """
    calls = [["GET", "/api/queue/stats", 401]]
    assert engine.run(script) == [calls, [], [60_000]]


def test_backoff_waits_one_and_two_seconds_and_gives_up_after_three_tries(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        let left = input.failures;
        const createJob = async (data) => {{
          const answer = await api('POST', '/api/jobs', data, left-- > 0 ? 'wrong' : input.token);
          if (answer.status !== 201) throw new Error(answer.body.code);
          return answer.body.status;
        }};
        {example("6. Use Exponential Backoff, javascript")}
        const outcome = await createJobWithRetry(input.order).catch((error) => error.message);
        return [outcome, seen.slept];
    """
    asked = reader(stack, new_owner)
    assert engine.run(script, failures=2, **asked) == ["queued", [1000, 2000]]
    assert engine.run(script, failures=3, **asked) == ["UNAUTHORIZED", [1000, 2000]]


def test_timeout_ends_the_wait_for_a_slow_create(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    script = f"""
        const createJob = async (data) =>
          data ? (await api('POST', '/api/jobs', data)).status : new Promise(() => {{}});
        {example("7. Implement Timeout, javascript")}
        return createJobWithTimeout(input.order, input.timeout);
    """
    asked = reader(stack, new_owner)
    assert engine.run(script, timeout=60_000, **asked) == 201
    with pytest.raises(ScriptFailed, match="Timeout"):
        engine.run(script, timeout=50, order=None)
