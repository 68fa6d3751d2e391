"""All jobs of an owner are cancelled and deleted, also those that Redis has half forgotten."""

from services.jobs import keys
from services.jobs.owned_jobs import OwnedJobs
from services.jobs.rq_record import key_of
from services.jobs.values import Status
from tests.unit.jobs.shop import Shop, spec_of


def owned(shop: Shop) -> OwnedJobs:
    return OwnedJobs(shop.records, shop.moves)


async def test_open_jobs_in_any_state_are_cancelled_and_ended_ones_stay(shop: Shop) -> None:
    ended = [shop.completed(), shop.failed()]
    opened = [shop.delayed().job_id, shop.active().job_id, shop.create()]
    others = shop.create(spec_of("bob"))
    assert owned(shop).cancel_in_flight("ada") == 3
    states = [(await shop.reader.get(job_id)).status for job_id in (*ended, *opened, others)]
    assert states == [
        *(Status.COMPLETED, Status.FAILED),
        *[Status.CANCELLED] * 3,
        Status.WAITING,
    ]


def test_an_open_job_is_not_deleted_and_keeps_the_work_from_being_done(shop: Shop) -> None:
    shop.completed()
    shop.create()
    assert owned(shop).delete_some("ada") == (1, False)
    owned(shop).cancel_in_flight("ada")
    assert owned(shop).delete_some("ada") == (1, True)


def test_what_is_left_of_a_job_that_redis_has_forgotten_is_dropped(shop: Shop) -> None:
    for part in (key_of, keys.state):
        shop.redis.delete(part(shop.failed()))
    assert owned(shop).delete_some("ada") == (0, True)
    assert not [key for key in shop.redis.scan_iter() if b"ada" in key or b"job:" in key]


def test_what_ended_last_without_its_workers_knowledge_is_known(shop: Shop) -> None:
    assert owned(shop).last_cut_off("ada") is None
    shop.completed()
    assert owned(shop).last_cut_off("ada") is None
    shop.failed()
    failed = owned(shop).last_cut_off("ada")
    assert failed
    shop.create()
    owned(shop).cancel_in_flight("ada")
    cancelled = owned(shop).last_cut_off("ada")
    assert cancelled
    assert failed < cancelled
