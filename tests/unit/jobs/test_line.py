from concurrent.futures import ThreadPoolExecutor
from typing import cast

from rq.suspension import resume, suspend

from services.jobs import keys, rq_record
from tests.unit.jobs.shop import Shop, spec_of


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
