"""A generation is cut again by real workers: nothing is bought, lost or added twice."""

from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.channels import open_channel
from services.common.process_settings import ServerSettings
from services.jobs.source import Source
from services.jobs.values import Job, JobSpec
from tests.integration.worker.floor import Floor
from tests.servers.jobs import put_in_line

TAKEN_OVER_SECONDS = 60
RESIZED_AT_ONCE = 2
AGAIN = ("twitter-post", "x-post", "youtube-thumbnail")


async def bought(floor: Floor) -> Job:
    """Return a completed job; its worker goes on."""
    floor.workers.start(WORKER_RESIZE_CONCURRENCY=str(RESIZED_AT_ONCE))
    return await floor.completed(floor.create())


def cut_again(floor: Floor, job: Job) -> str:
    source = Source(generation_id=job.generation_id, master=1)
    spec = JobSpec(user_id="ada", prompt=job.spec.prompt, platforms=AGAIN, source=source)
    return put_in_line(floor.records, spec)


async def renditions(floor: Floor, job: Job) -> list[str]:
    """Return the keys of all renditions of a generation."""
    address = f"127.0.0.1:{floor.servers['STORAGE_ADDRESS'].port}"
    asked = sto.GetGenerationRequest(user_id="ada", generation_id=job.generation_id)
    async with open_channel(address, ServerSettings()) as channel:
        found = await StorageServiceStub(channel).GetGeneration(asked, timeout=10)
    return [image.key for image in found.generation.images]


async def test_a_worker_killed_in_mid_cut_has_its_job_done_by_another(floor: Floor) -> None:
    first = await bought(floor)
    before = await renditions(floor, first)
    floor.storage.hold_answer_to = AGAIN[1]
    job_id = cut_again(floor, first)
    await floor.storage.at_the_door.wait()
    floor.worker_of(job_id).kill()
    floor.storage.open_door.set()
    floor.workers.start()
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert job.attempts == 2
    assert job.result
    assert await renditions(floor, first) == [*before, *(image.key for image in job.result.images)]
    assert (floor.bought, floor.calls()) == (1, 1)
    assert floor.storage.stored.count(job.result.images[0].key) == 1


async def test_ten_cuts_of_one_generation_at_once_decode_as_many_masters_as_the_settings_allow(
    floor: Floor,
) -> None:
    first = await bought(floor)
    before = await renditions(floor, first)
    jobs = [await floor.completed(one) for one in [cut_again(floor, first) for _ in range(10)]]
    assert floor.scissors.most_at_once <= RESIZED_AT_ONCE
    made = [image.key for job in jobs if job.result for image in job.result.images]
    assert sorted(await renditions(floor, first)) == sorted([*before, *made])
    assert len(set(made)) == len(AGAIN) * len(jobs)
    assert floor.calls() == 1
