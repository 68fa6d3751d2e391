"""What is paid for survives a storage that is away, and a worker that is killed meanwhile."""

from services.common.errors import StorageFull, Unavailable
from services.jobs.values import Status
from tests.eventually import eventually
from tests.integration.worker.floor import PLATFORMS, Floor
from tests.integration.worker.steered import GRPC_ATTEMPTS

TAKEN_OVER_SECONDS = 60


def parcels(floor: Floor) -> list[str]:
    """Return the names of what lies in the spool."""
    folder = floor.storage_folder.parent / "spool"
    return [path.name for path in folder.glob("*.json")] if folder.is_dir() else []


async def test_a_storage_that_takes_nothing_for_a_while_costs_neither_attempt_nor_purchase(
    floor: Floor,
) -> None:
    refusals = [Unavailable("SlowDown."), StorageFull("Full."), Unavailable("No.")]
    floor.storage.refusals += refusals * GRPC_ATTEMPTS
    floor.workers.start()
    job = await floor.completed(floor.create())
    assert (job.attempts, floor.bought, floor.calls()) == (1, 1, 1)
    assert parcels(floor) == []


async def test_a_worker_killed_with_a_spooled_image_finds_it_when_it_starts_again(
    floor: Floor,
) -> None:
    storage = floor.servers["STORAGE_ADDRESS"]
    worker = floor.workers.start()
    job_id = floor.create("delay=2")
    await floor.painting()
    await storage.stop()
    await eventually(lambda: len(parcels(floor)) == 1)
    worker.kill()
    await storage.start()
    floor.workers.start()
    job = await floor.completed(job_id, TAKEN_OVER_SECONDS)
    assert job.attempts == 2
    assert (floor.bought, floor.calls()) == (1, 1)
    assert len(floor.files()) == len(PLATFORMS) + 1
    assert parcels(floor) == []


async def test_an_image_that_is_in_a_spool_elsewhere_is_looked_for_and_not_bought_again(
    floor: Floor,
) -> None:
    storage = floor.servers["STORAGE_ADDRESS"]
    first = floor.workers.start()
    job_id = floor.create("delay=2")
    await floor.painting()
    await storage.stop()
    await eventually(lambda: len(parcels(floor)) == 1)
    first.kill()
    await storage.start()
    elsewhere = str(floor.storage_folder.parent / "another disk")
    floor.workers.start(WORKER_SPOOL_DIRECTORY=elsewhere)
    delayed = await floor.until(job_id, Status.DELAYED, seconds=TAKEN_OVER_SECONDS)
    assert delayed.failure
    assert delayed.failure.code == "SERVICE_BUSY"
    floor.workers.start()  # it sends on what the first one has left
    await floor.completed(job_id, TAKEN_OVER_SECONDS * 2)
    assert (floor.bought, floor.calls()) == (1, 1)
