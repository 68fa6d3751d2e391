"""What storage remembers of a generation after its job, read from storage itself."""

from hashlib import sha256

from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from deploy.local.stack import Stack
from services.common.channels import call_options, open_channel
from services.storage.settings import StorageSettings
from tests.e2e.client import finish, open_client


async def test_a_record_holds_what_was_asked_what_was_bought_and_what_was_cut(
    stack: Stack,
) -> None:
    options = {"quality": "hd", "style": "vivid"}
    body = {"userId": "user-123", "prompt": "A boat on a lake", "platforms": ["twitter-post"]}
    async with open_client(stack) as client:
        job_id = (await client.post("/api/jobs", json={**body, "options": options})).json()["jobId"]
        result = (await finish(client, job_id))["result"]
        shown = await client.get(result["images"][0]["url"])
    named = sto.GetGenerationRequest(user_id="user-123", generation_id=result["generationId"])
    async with open_channel(stack.environ["STORAGE_ADDRESS"], StorageSettings()) as channel:
        stub = StorageServiceStub(channel)
        record = (await stub.GetGeneration(named, **call_options(30))).generation
    [master], [image] = record.masters, record.images
    assert (record.job_id, record.prompt) == (job_id, "A boat on a lake")
    assert options.items() <= dict(record.options).items()
    assert master.model
    assert master.revised_prompt == result["revisedPrompt"]
    assert len(master.image.sha256) == 64
    assert record.usage.total_tokens > 0
    assert len(record.provider_request_ids) == 1
    assert record.stand_in
    assert image.sha256 == sha256(shown.content).hexdigest()
    assert image.size_bytes == len(shown.content)
    crop = result["images"][0]["crop"]
    assert (image.crop.x, image.crop.y) == (crop["x"], crop["y"])
    assert (image.crop.width, image.crop.height) == (crop["width"], crop["height"])
