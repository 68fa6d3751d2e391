"""What may be said in REDIS_URL, and what a wrong one is told."""

import pytest

from services.jobs.redis_address import Login, SentinelAddress, redis_address, sentinel_address


def test_sentinels_are_named_with_the_service_its_database_and_two_logins() -> None:
    url = (
        "rediss+sentinel://ada:p%40ss@one:26379,two,[::1]:5000/jobs/3"
        "?sentinel_username=eve&sentinel_password=a%26b"
    )
    assert redis_address(url) is None
    assert sentinel_address(url) == SentinelAddress(
        sentinels=[("one", 26379), ("two", 26379), ("::1", 5000)],
        service="jobs",
        db=3,
        tls=True,
        login=Login(username="ada", password="p@ss"),
        sentinel_login=Login(username="eve", password="a&b"),
    )


def test_a_service_alone_is_enough() -> None:
    address = sentinel_address("redis+sentinel://one/jobs")
    assert address
    assert (address.sentinels, address.db, address.tls) == ([("one", 26379)], 0, False)
    assert address.login == address.sentinel_login == Login()


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "rediss://:secret@redis.example.com:6379/0",
        "unix://:secret@%2Ftmp%2Fredis.sock?db=0",
    ],
)
def test_one_server_is_left_to_the_client(url: str) -> None:
    assert redis_address(url) is None
    assert sentinel_address(url) is None


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://redis:6379", "must begin with one of redis://, rediss://, unix://"),
        ("redis.example.com:6379", "must begin with one of redis://"),
        ("redis://host:many/0", "must be a URL"),
        ("redis://:pass/word@host:6379/0", "must be a URL; a password's /"),
        ("redis+sentinel://one:26379", "the service is missing"),
        ("redis+sentinel://one:26379//0", "the service is missing"),
        ("redis+sentinel://one:26379/jobs/zero", "DB must be a whole number"),
        ("redis+sentinel:///jobs/0", "a Sentinel's host is missing"),
        ("redis+sentinel://one,,two/jobs/0", "a Sentinel's host is missing"),
        ("redis+sentinel://one:99999/jobs/0", "must be a URL"),
        ("redis+sentinel://one/jobs/0?password=word", "after the ? only sentinel_password"),
    ],
)
def test_a_wrong_one_is_told_what_is_wrong(url: str, complaint: str) -> None:
    assert complaint in str(redis_address(url))
    assert "word@" not in str(redis_address(url))
    assert "=word" not in str(redis_address(url))
