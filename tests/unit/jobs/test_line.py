from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

from rq.suspension import resume, suspend

from services.jobs import keys, rq_record
from services.jobs.values import JobSpec, Urgency
from tests.unit.jobs.shop import Shop, spec_of


def later(owner: str) -> JobSpec:
    return replace(spec_of(owner), urgency=Urgency.BATCH)


def taken(shop: Shop) -> list[str]:
    """Take all there is; the jobs in their order."""
    order = []
    while job_id := shop.take():
        order.append(job_id)
    return order


def test_jobs_of_one_owner_go_in_order(shop: Shop) -> None:
    jobs = [shop.create() for _ in range(5)]
    assert taken(shop) == jobs


def test_one_job_of_another_owner_is_second_at_the_latest(shop: Shop) -> None:
    for _ in range(50):
        shop.create(spec_of("greedy"))
    other = shop.create(spec_of("modest"))
    assert other in [shop.take(), shop.take()]


def test_a_thousand_jobs_of_one_owner_do_not_starve_another_when_takers_race(shop: Shop) -> None:
    takers = 6
    jobs = [shop.create(spec_of("greedy")) for _ in range(1000)]
    modest = shop.create(spec_of("modest"))

    def take(_: int) -> list[str]:
        return taken(shop)

    with ThreadPoolExecutor(takers) as threads:
        given = [job_id for each in threads.map(take, range(takers)) for job_id in each]
    assert sorted(given) == sorted([*jobs, modest]), "each job goes to one taker"
    order = [str(one, "ascii") for one in cast(list[bytes], shop.redis.lrange(keys.TAKEN, 0, -1))]
    assert order.index(modest) <= takers
    order.remove(modest)
    assert order == jobs, "the owner's own jobs go in their order"


def test_owners_take_turns(shop: Shop) -> None:
    jobs = {shop.create(spec_of(owner)): owner for owner in ("a", "a", "a", "b", "b", "c")}
    owners = [jobs[job_id] for job_id in taken(shop)]
    assert owners == ["a", "b", "c", "a", "b", "a"]


def test_an_empty_line_gives_nothing(shop: Shop) -> None:
    assert shop.claims.take(1) is None


def test_a_cancelled_job_is_not_given_out(shop: Shop) -> None:
    first, second = shop.create(), shop.create()
    shop.moves.cancel(first)
    assert taken(shop) == [second]


def test_an_owner_without_jobs_has_no_turn_and_no_line(shop: Shop) -> None:
    shop.create()
    taken(shop)
    assert not shop.redis.exists(keys.TURNS, keys.line("ada"))


def test_an_owner_whose_only_job_was_cancelled_costs_one_look(shop: Shop) -> None:
    shop.moves.cancel(shop.create())
    assert shop.claims.take(1) is None
    assert not shop.redis.exists(keys.TURNS)


def test_what_was_taken_is_remembered_until_it_is_claimed(shop: Shop) -> None:
    job_id = shop.create()
    assert shop.take() == job_id
    assert shop.redis.lrange(keys.TAKEN, 0, -1) == [job_id.encode()]
    shop.claims.claim(job_id, "worker-1", "token")
    assert not shop.redis.exists(keys.TAKEN)


def test_a_job_that_was_forgotten_while_it_waited_leaves_nothing_behind(shop: Shop) -> None:
    job_id = shop.create()
    shop.redis.delete(f"rq:job:{job_id}", keys.state(job_id), keys.logs(job_id))
    assert shop.take() == job_id
    assert shop.claims.claim(job_id, "worker-1", "token") is None
    assert not shop.redis.exists(keys.TAKEN, rq_record.WAITING)


def test_a_taker_that_waited_when_the_queue_was_paused_gets_no_job(shop: Shop) -> None:
    job_id = shop.create()
    suspend(shop.redis)
    assert shop.take() is None
    resume(shop.redis)
    assert shop.take() == job_id


def test_jobs_of_a_batch_begin_when_no_other_job_of_anybody_waits(shop: Shop) -> None:
    batch = [shop.create(later("greedy")) for _ in range(3)]
    modest, own = shop.create(spec_of("modest")), shop.create(spec_of("greedy"))
    assert {shop.take(), shop.take()} == {modest, own}
    assert shop.take() == batch[0]
    urgent = shop.create(spec_of("modest"))
    assert taken(shop) == [urgent, *batch[1:]]
    assert not shop.redis.exists(keys.TURNS, keys.LATER_TURNS)


def test_owners_of_batches_take_turns_too(shop: Shop) -> None:
    jobs = {shop.create(later(owner)): owner for owner in ("a", "a", "a", "b", "b", "c")}
    assert [jobs[job_id] for job_id in taken(shop)] == ["a", "b", "c", "a", "b", "a"]


def test_urgent_owners_keep_their_order_around_a_batch(shop: Shop) -> None:
    shop.create(later("greedy"))
    jobs = {shop.create(spec_of(owner)): owner for owner in ("a", "a", "b", "b", "c")}
    owners = [jobs.get(job_id, "batch") for job_id in taken(shop)]
    assert sorted(owners[:3]) == ["a", "b", "c"]
    assert owners[-1] == "batch"


def test_a_worker_without_room_for_a_batch_takes_urgent_jobs_alone(shop: Shop) -> None:
    batch = shop.create(later("ada"))
    assert shop.claims.take(1, urgent_only=True) is None
    urgent = shop.create()
    found = [shop.claims.take(1, urgent_only=True) for _ in range(2)]
    assert [one.job_id for one in found if one] == [urgent]
    given = shop.claims.take(1)
    assert given
    assert (given.job_id, given.gave_way) == (batch, True)


def test_all_waiting_jobs_are_in_the_queue_of_rq(shop: Shop) -> None:
    jobs = [shop.create(later("ada")), shop.create()]
    shown = cast(list[bytes], shop.redis.lrange(rq_record.WAITING, 0, -1))
    assert [one.decode() for one in shown] == jobs


def test_a_job_of_a_batch_that_is_put_back_still_gives_way(shop: Shop) -> None:
    batch = shop.create(later("ada"))
    assert shop.take() == batch
    shop.claims.put_back(batch)
    urgent = shop.create()
    assert taken(shop) == [urgent, batch]
    shop.claims.put_back(batch)
    shop.moves.cancel(batch)
    assert taken(shop) == []


def test_a_batch_whose_turn_another_version_took_gets_it_again(shop: Shop) -> None:
    batch = shop.create(later("ada"))
    shop.redis.delete(keys.TURNS)
    shop.recovery.sweep(1)
    assert taken(shop) == [batch]


async def test_jobs_that_give_way_are_counted_and_do_not_count_as_waiting_long(shop: Shop) -> None:
    shop.create(later("ada"))
    shop.create(later("bob"))
    assert await shop.figures.giving_way() == 2
    assert await shop.figures.longest_wait_seconds() == 0
    shop.create()
    assert await shop.figures.longest_wait_seconds() > 0
