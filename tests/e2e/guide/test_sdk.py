"""The guide's SDK, verbatim, and ours in its place, in Node and in Chromium."""

import json

import pytest

from deploy.local.stack import Stack
from tests.e2e.guide.conftest import NewOwner
from tests.e2e.guide.engine import Engine
from tests.e2e.guide.examples import example

PROVES = ["SDK Example, javascript"]
WAIT = "await until(() => seen.logs.some(([, text]) => /Completed|Error/.test(text)));"


def sdk(stack: Stack, whose: str, **placeholders: str) -> str:
    """Return the block, or its usage alone with our class under the same name."""
    block = example("SDK Example, javascript", stack.port, **placeholders)
    if whose == "ours":
        _, mark, usage = block.partition("// Usage\n")
        assert mark
        return f"const {{ SnapAssetClient }} = await loadClient();\n{usage}"
    return block


@pytest.mark.parametrize("whose", ["the guide's", "ours"])
def test_sdk_as_printed_is_unauthorized_for_its_token_is_a_placeholder(
    engine: Engine, stack: Stack, whose: str
) -> None:
    script = f"""
        const run = async () => {{ {sdk(stack, whose)} }};
        const error = await run().catch((caught) => caught);
        return [error.code, error.message];
    """
    code, message = engine.run(script)
    # The guide's class throws the answer as it came, ours has read it.
    assert (code or json.loads(message)["code"]) == "UNAUTHORIZED"


@pytest.mark.parametrize("whose", ["the guide's", "ours"])
def test_sdk_usage_creates_a_job_and_shows_progress_and_result(
    engine: Engine, stack: Stack, whose: str
) -> None:
    block = sdk(stack, whose, your_token=stack.token("user-123"))
    script = f"{block}; {WAIT}; return [seen.logs, await client.getJob(jobId)];"
    logs, job = engine.run(script)
    words = [text for _, text, *_ in logs]
    assert "Progress: 100%" in words or "Progress: 50%" in words
    assert words[-1] == "Completed!"
    assert logs[-1][2]["images"][0]["platform"] == "Instagram Post"
    assert job["status"] == "completed"
    assert job["result"] == logs[-1][2]


def test_our_sdk_works_from_a_page_of_another_origin(
    engine: Engine, stack: Stack, new_owner: NewOwner
) -> None:
    # The page came from localhost: the same server under its number is another origin.
    script = """
        const { SnapAssetClient } = await loadClient();
        const client = new SnapAssetClient(input.url, async () => input.token);
        const prompt = 'A beautiful sunset';
        const order = { userId: input.owner, prompt, platforms: ['twitter-post'] };
        const types = [];
        const onUpdate = ({ type }) => types.push(type);
        const done = await client.createAndWait(order, { onUpdate });
        const again = await client.createJob(order, { idempotencyKey: 'order-17' });
        const same = await client.createJob(order, { idempotencyKey: 'order-17' });
        const error = await client.getJob('gen-0').catch((caught) => caught);
        const { jobs } = await client.listJobs({ limit: 5 });
        const { generations } = await client.listGenerations();
        await client.deleteGeneration(generations.at(-1).generationId);
        return {
          types: [types[0], types.at(-1)],
          image: done.result.images[0].platformId,
          sameJob: again.jobId === same.jobId,
          error: [error.code, error.status, error.requestId.length, error.retryAfter ?? null],
          left: client.rateLimit.remaining > 0,
          jobs: jobs.length,
        };
    """
    owner = new_owner()
    url = f"http://127.0.0.1:{stack.port}"
    assert engine.run(script, owner=owner, token=stack.token(owner), url=url) == {
        "types": ["connected", "done"],
        "image": "twitter-post",
        "sameJob": True,
        "error": ["JOB_NOT_FOUND", 404, 36, None],
        "left": True,
        "jobs": 2,
    }
