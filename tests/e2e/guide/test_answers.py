"""Each `http` line, JSON body and curl of the guide, against the running stack."""

import json
import re
import subprocess
from typing import Any

import httpx2
import pytest

from deploy.local.stack import Stack
from tests.e2e.client import create, events, finish, open_client
from tests.e2e.guide.conftest import NewOwner
from tests.e2e.guide.examples import EXAMPLES, example, http_example, json_example
from tests.e2e.guide.shapes import assert_like

PROVES = [name for name in EXAMPLES if not name.endswith("javascript")]
ORDER = json_example("Create Job, json")
SLOW, FAILING = "[standin: delay=3]", "[standin: fail=bad_key]"


def curl(command: str) -> tuple[int, dict[str, Any]]:
    """Run a command of the guide as pasted, and return status and body."""
    script = f"{command.rstrip()} --silent --write-out '\\n%{{http_code}}'"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=30)
    body, _, status = ran.stdout.decode().rpartition("\n")
    return int(status), json.loads(body)


def reader(stack: Stack, owner: str) -> httpx2.AsyncClient:
    """A client as in the guide's curl lines, which have no body but JSON."""
    return open_client(stack, owner)


@pytest.mark.parametrize("name", ["Bearer Token (JWT), bash", "API Key, bash"])
def test_curl_as_printed_is_unauthorized_for_its_key_is_a_placeholder(
    stack: Stack, name: str
) -> None:
    status, body = curl(example(name, stack.port))
    assert (status, body["code"]) == (401, "UNAUTHORIZED")
    assert_like(json_example("Error Response Format, json"), body)


def test_curl_with_a_token_lists_jobs(stack: Stack, new_owner: NewOwner) -> None:
    token = stack.token(new_owner())
    command = example("Bearer Token (JWT), bash", stack.port, YOUR_JWT_TOKEN=token)
    assert curl(command) == (200, {"jobs": [], "count": 0, "status": "all", "nextCursor": ""})


def test_curl_with_an_api_key_lists_jobs(stack: Stack, api_key: tuple[str, str]) -> None:
    status, body = curl(example("API Key, bash", stack.port, YOUR_API_KEY=api_key[0]))
    assert status == 200
    assert body["status"] == "all"


async def test_every_response_tells_the_allowance_of_the_guide(
    stack: Stack, new_owner: NewOwner
) -> None:
    names = [line.partition(":")[0] for line in EXAMPLES["Headers, text"].splitlines()]
    assert names == ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]
    async with reader(stack, new_owner()) as client:
        for left, path in ((99, "/api/jobs"), (98, "/api/jobs/none"), (97, "/api/queue/stats")):
            headers = (await client.get(path)).headers
            assert [headers[name] for name in names[:2]] == ["100", str(left)]
            assert re.fullmatch(r"\d{10}", headers[names[2]])


async def test_a_job_of_the_guide_goes_from_queued_to_its_images(stack: Stack) -> None:
    owner = ORDER["userId"]
    async with reader(stack, owner) as client:
        method, path = http_example("Create Job, http")
        answer = await client.request(method, path, json=ORDER)
        created, example_created = answer.json(), json_example("Create Job, json 2")
        assert answer.status_code == 201
        assert_like(example_created, created)
        assert re.fullmatch(r"gen-\d{13}-\w+", created["jobId"])
        assert re.fullmatch(r"\d+ (seconds?|minutes)", created["estimatedTime"])
        assert [created[name] for name in ("status", "message")] == [
            example_created[name] for name in ("status", "message")
        ]
        await finish(client, created["jobId"])
        job = (await client.get(f"/api/jobs/{created['jobId']}")).json()

    wanted = json_example("Completed Job Response, json")
    assert_like(wanted, job)
    assert [job[name] for name in ("status", "progress")] == ["completed", 100]
    assert job["result"]["success"] is True
    for shown, image in zip(wanted["result"]["images"], job["result"]["images"], strict=True):
        assert [image[name] for name in ("platform", "width", "height")] == [
            shown[name] for name in ("platform", "width", "height")
        ]
        assert httpx2.get(image["url"]).headers["content-length"] == str(image["size"])


async def test_a_job_at_work_looks_as_in_the_guide(stack: Stack, new_owner: NewOwner) -> None:
    async with reader(stack, owner := new_owner()) as client:
        order = {**ORDER, "userId": owner, "prompt": f"{ORDER['prompt']} {SLOW}"}
        job_id = (await client.post("/api/jobs", json=order)).json()["jobId"]
        async for event in events(client, f"/api/sse/jobs/{job_id}"):
            if event["message"] not in ("Waiting in the queue", "Starting"):
                break  # from here on there are log lines, as in the guide
        method, path = http_example("Get Job Status, http", job_id)
        job = (await client.request(method, path)).json()
        assert_like(json_example("Get Job Status, json"), job)
        assert job["status"] == "active"
        ours: dict[str, list[str]] = {"sizes": [], "references": [], "renditions": []}
        assert job["data"] == {**order, "options": ORDER["options"], **ours}

        method, path = http_example("List Jobs, http")
        page = (await client.request(method, path)).json()
        assert_like(json_example("List Jobs, json"), page)
        assert [page["count"], page["status"]] == [1, "active"]

        answer = await client.request(*http_example("Cancel Job, http", job_id))
        assert answer.status_code == 200
        assert answer.json() == {**json_example("Cancel Job, json"), "jobId": job_id}


async def test_a_failed_job_is_retried_as_in_the_guide(stack: Stack, new_owner: NewOwner) -> None:
    async with reader(stack, owner := new_owner()) as client:
        order = {**ORDER, "userId": owner, "prompt": f"{ORDER['prompt']} {FAILING}"}
        job_id = (await client.post("/api/jobs", json=order)).json()["jobId"]
        assert (await finish(client, job_id))["status"] == "failed"
        answer = await client.request(*http_example("Retry Failed Job, http", job_id))
        assert answer.status_code == 200
        assert answer.json() == {**json_example("Retry Failed Job, json"), "jobId": job_id}


async def test_a_job_goes_through_the_states_of_the_flow(stack: Stack) -> None:
    flow = re.findall(r"waiting|active|delayed|completed", EXAMPLES["Lifecycle Flow, text"])
    prompt = f"{ORDER['prompt']} [standin: fail=server_error times=1]"
    seen: list[str] = []
    async with (
        reader(stack, "user-123") as client,
        open_client(stack, "operator", role="admin") as operator,
    ):
        await operator.post("/api/queue/pause")  # or it is active before anybody watches
        try:
            created = await create(client, prompt, "twitter-post")
            async for event in events(client, f"/api/sse/jobs/{created['jobId']}"):
                if not seen:
                    await operator.post("/api/queue/resume")
                seen.append(event["status"])
        finally:
            await operator.post("/api/queue/resume")
    assert set(seen) == set(flow)
    assert seen.index("delayed") < len(seen) - 1 - seen[::-1].index("active")


async def test_queue_statistics_add_up(stack: Stack, new_owner: NewOwner) -> None:
    async with reader(stack, new_owner()) as client:
        stats = (await client.request(*http_example("Queue Statistics, http"))).json()
    wanted = json_example("Queue Statistics, json")
    assert_like(wanted, stats)
    states = [name for name, value in wanted.items() if type(value) is int and name != "total"]
    assert stats["total"] == sum(stats[name] for name in states)


async def test_a_missing_field_is_the_error_of_the_guide(stack: Stack, new_owner: NewOwner) -> None:
    async with reader(stack, owner := new_owner()) as client:
        order = {"userId": owner, "platforms": ORDER["platforms"]}
        answer = await client.post("/api/jobs", json=order)
    wanted = json_example("Error Response Format, json")
    assert answer.status_code == 400
    assert_like(wanted, answer.json())
    assert [answer.json()[name] for name in ("error", "code")] == [wanted["error"], wanted["code"]]
    assert "prompt" in answer.json()["message"]
