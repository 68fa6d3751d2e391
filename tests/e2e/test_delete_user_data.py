"""An administrator deletes all of a user whose id a path has to escape."""

from urllib.parse import quote

import httpx2

from clients.python.snapasset_client import SnapAsset
from deploy.local.stack import Stack
from tests.e2e.client import finish, open_client

ADA = "ada+cats@example.org:1"
PATH = f"/api/users/{quote(ADA, safe='')}/data"


async def test_images_history_and_jobs_are_gone(stack: Stack) -> None:
    async with open_client(stack, ADA) as ada:
        body = {"userId": ADA, "prompt": "A boat on a lake", "platforms": ["twitter-header"]}
        job_id = (await ada.post("/api/jobs", json=body)).json()["jobId"]
        [image] = (await finish(ada, job_id))["result"]["images"]
        path = httpx2.URL(image["url"]).path
        assert (await ada.get(path)).status_code == 200
        refused = await ada.delete(PATH)
        assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
        async with open_client(stack, "root", role="admin") as root:
            deleted = await root.delete(PATH)
        assert deleted.json() == {
            "userId": ADA,
            "done": True,
            "cancelledJobs": 0,
            "deletedJobs": 1,
            "deletedGenerations": 1,
            "deletedFiles": 3,
        }
        gone = [await ada.get(there) for there in (path, f"/api/jobs/{job_id}")]
        assert [answer.status_code for answer in gone] == [404, 404]
        assert (await ada.get("/api/generations")).json()["generations"] == []


async def test_the_python_client_calls_until_it_is_done(stack: Stack) -> None:
    token = stack.token("root", role="admin")
    async with SnapAsset(stack.base_url, token=lambda: token) as client:
        answers = [answer async for answer in client.delete_user_data("nobody@example.org")]
    assert [answer.done for answer in answers] == [True]
