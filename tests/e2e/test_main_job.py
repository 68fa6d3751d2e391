"""The main job on the real stack, the three ways that the design promises."""

import io
import json

import grpc
import pytest
from PIL import Image
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub

from deploy.local.stack import Stack
from services.common.platforms import PLATFORMS
from tests.e2e.client import PATIENCE_SECONDS, create, events, finish, open_client

ALL = tuple(PLATFORMS)


async def test_a_prompt_becomes_one_image_of_the_exact_size_for_every_platform(
    stack: Stack,
) -> None:
    async with open_client(stack) as client:
        job = await create(client, "A lighthouse in a storm", *ALL)
        done = await finish(client, job["jobId"])
        assert done["status"] == "completed"
        images = done["result"]["images"]
        assert [image["platformId"] for image in images] == list(ALL)
        for image in images:
            platform = PLATFORMS[image["platformId"]]
            answer = await client.get(image["url"])
            picture = Image.open(io.BytesIO(answer.content))
            assert picture.size == (platform.width, platform.height)
            assert (image["width"], image["height"]) == picture.size
            assert image["platform"] == platform.name
            assert len(answer.content) == image["size"]
            assert int(answer.headers["content-length"]) == image["size"]
            assert answer.headers["content-type"] == "image/jpeg"
            assert "immutable" in answer.headers["cache-control"]


async def test_a_caller_who_prefers_to_wait_gets_the_images_with_the_answer(stack: Stack) -> None:
    async with open_client(stack) as client:
        body = {"userId": "user-123", "prompt": "A harbour at noon", "platforms": ["x-post"]}
        answer = await client.post("/api/jobs", json=body, headers={"Prefer": "wait=25"})
        shown = (await client.get(f"/api/jobs/{answer.json()['jobId']}")).json()
    assert (answer.status_code, answer.headers["preference-applied"]) == (201, "wait=25")
    assert answer.json()["job"] == shown
    assert shown["result"]["success"]


async def test_a_batch_of_lines_longer_than_any_other_body_is_seen_through_to_its_end(
    stack: Stack,
) -> None:
    order = {"userId": "user-123", "platforms": ["x-post"], "urgency": "batch"}
    lines = [json.dumps({**order, "prompt": f"A mill, {at}: " + "x" * 3900}) for at in range(3)]
    broken = ["{" + "x" * 30_000] * 3
    kind = {"Content-Type": "application/x-ndjson"}
    async with open_client(stack) as client:
        body = "\n".join([*lines, *broken])
        made = await client.post("/api/batches", content=body, headers=kind)
        batch = made.json()
        told = [event async for event in events(client, batch["streamUrl"])]
        shown = (await client.get(batch["links"]["self"])).json()
        long = await client.post("/api/batches", content="x" * 1_100_000, headers=kind)
    assert made.status_code == 201, made.text
    assert [entry.get("error", {}).get("code") for entry in batch["jobs"]] == [
        *[None] * 3,
        *["INVALID_REQUEST"] * 3,
    ]
    assert (told[0]["type"], told[-1]["type"]) == ("connected", "done")
    assert told[-1]["state"] == shown["state"]
    assert shown["state"]["counts"]["completed"] == 3
    assert (long.status_code, long.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")


async def test_sizes_of_ones_own_are_cut_like_platforms_and_remembered(stack: Stack) -> None:
    sizes = [
        {"name": "poster", "width": 1080, "height": 1350},
        {"name": "wall", "width": 4096, "height": 4096},
        {"name": "icon", "width": 16, "height": 16},
    ]
    async with open_client(stack) as client:
        body = {"userId": "user-123", "prompt": "A mill by a river", "platforms": ["x-post"]}
        answer = await client.post("/api/jobs", json={**body, "sizes": sizes})
        job_id = answer.json()["jobId"]
        done = await finish(client, job_id)
        shown = (await client.get(f"/api/jobs/{job_id}")).json()
        [listed] = (await client.get("/api/jobs?limit=1")).json()["jobs"]
        generation = f"/api/generations/{done['result']['generationId']}"
        kept = (await client.get(generation)).json()["generation"]
        images = done["result"]["images"]
        pictures = [await client.get(image["url"]) for image in images]
    told = [(one["platformId"], one["platform"], one["width"], one["height"]) for one in images]
    own = [(size["name"], size["name"], size["width"], size["height"]) for size in sizes]
    assert told == [("x-post", "X Post", 1200, 675), *own]
    for picture, image in zip(pictures, images, strict=True):
        assert Image.open(io.BytesIO(picture.content)).size == (image["width"], image["height"])
    assert shown["data"]["sizes"] == listed["sizes"] == sizes
    assert "Processing poster..." in shown["logs"]
    assert kept["images"] == images


async def test_a_master_for_each_aspect_is_bought_counted_and_remembered(stack: Stack) -> None:
    platforms = ("instagram-story", "twitter-header", "pinterest-pin")
    async with open_client(stack) as client:
        before = (await client.get("/api/usage")).json()["images"]
        body = {"userId": "user-123", "prompt": "A boat on a lake", "platforms": platforms}
        answer = await client.post("/api/jobs", json={**body, "options": {"masters": "perAspect"}})
        result = (await finish(client, answer.json()["jobId"]))["result"]
        usage = (await client.get("/api/usage")).json()
        kept = (await client.get(f"/api/generations/{result['generationId']}")).json()
    tall, wide = result["masters"]
    assert tall["width"] < tall["height"]
    assert wide["width"] > 2 * wide["height"]
    assert [image["master"] for image in result["images"]] == [1, 2, 1]
    for image in result["images"]:
        master, crop = result["masters"][image["master"] - 1], image["crop"]
        assert crop["x"] + crop["width"] <= master["width"]
        assert crop["y"] + crop["height"] <= master["height"]
        assert crop["width"] * crop["height"] >= 0.75 * master["width"] * master["height"]
    assert kept["generation"]["masters"] == result["masters"]
    assert kept["generation"]["images"] == result["images"]
    assert usage["images"] == before + 2


async def test_the_stream_tells_the_story_of_the_guide_in_order(stack: Stack) -> None:
    async with open_client(stack) as client:
        job = await create(client, "A quiet forest at dawn", "twitter-post", "facebook-post")
        seen = [event async for event in events(client, f"/api/sse/jobs/{job['jobId']}")]
        shown = (await client.get(f"/api/jobs/{job['jobId']}")).json()
    assert seen[0]["type"] == "connected"
    assert seen[-1]["type"] == "done"
    progress = [event["progress"] for event in seen]
    assert progress == sorted(progress)
    assert progress[-1] == 100
    assert shown["status"] == "completed"
    assert shown["result"] == seen[-1]["result"]
    assert shown["logs"] == [
        "Starting image generation...",
        "Image generated successfully",
        "Painted by the local stand-in, not by an image model",
        "Processing Twitter Post...",
        "Processing Facebook Post...",
        "Job completed",
    ]


@pytest.mark.parametrize("way", ["through Envoy", "straight at the gateway"])
async def test_a_grpc_client_gets_the_same(stack: Stack, way: str) -> None:
    address = f"127.0.0.1:{stack.port}" if way == "through Envoy" else stack.gateway_address
    metadata = (("authorization", f"Bearer {stack.token()}"),)
    async with grpc.aio.insecure_channel(address) as channel:
        jobs = JobServiceStub(channel)
        request = pb.CreateJobRequest(
            user_id="user-123", prompt="A city at night", platforms=["instagram-post"]
        )
        job = await jobs.CreateJob(request, metadata=metadata, timeout=PATIENCE_SECONDS)
        watch = jobs.WatchJob(
            pb.WatchJobRequest(job_id=job.job_id), metadata=metadata, timeout=PATIENCE_SECONDS
        )
        last = [event async for event in watch][-1]
    assert (last.type, last.status, last.progress) == ("done", "completed", 100)
    assert [image.width for image in last.result.images] == [1080]


async def test_a_job_that_has_ended_tells_its_end_at_once(stack: Stack) -> None:
    async with open_client(stack) as client:
        job = await create(client, "A desert under two moons", "twitter-header")
        await finish(client, job["jobId"])
        again = [event async for event in events(client, f"/api/sse/jobs/{job['jobId']}")]
    assert [event["type"] for event in again] == ["connected", "done"]
    assert again[-1]["result"]["images"]


async def test_a_prompt_that_moderation_blocks_fails_at_once_and_says_why(stack: Stack) -> None:
    async with open_client(stack) as client:
        prompt = "Something that is refused [standin: fail=moderated]"
        job = await create(client, prompt, "instagram-post")
        done = await finish(client, job["jobId"])
    assert done["status"] == "failed"
    assert done["error"]["code"] == "MODERATION_BLOCKED"
    assert done["result"] == {
        "success": False,
        "generationId": done["result"]["generationId"],
        "images": [],
        "revisedPrompt": "",
        "masters": [],
        "failures": [],
    }


async def test_a_fault_that_heals_delays_the_job_and_no_image_is_bought_twice(
    stack: Stack,
) -> None:
    async with open_client(stack) as client:
        prompt = "A harbour that needs a second try [standin: fail=server_error times=1]"
        job = await create(client, prompt, "instagram-post")
        seen = [event async for event in events(client, f"/api/sse/jobs/{job['jobId']}")]
        shown = (await client.get(f"/api/jobs/{job['jobId']}")).json()
    delayed = [event for event in seen if event["status"] == "delayed"]
    assert delayed
    assert delayed[0]["error"]["code"] == "PROVIDER_UNAVAILABLE"
    assert delayed[0]["nextRunAt"]
    assert shown["status"] == "completed"
    assert shown["attempts"] == 2
