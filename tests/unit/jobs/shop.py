"""What the tests of jobs share: the parts, and the usual moves in few words."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from services.common.assets import Purchase, Rendition
from services.common.options import JobOptions
from services.jobs import keys
from services.jobs.claim import Claim
from services.jobs.claims import Claims
from services.jobs.figures import Figures
from services.jobs.listing import Listing
from services.jobs.moves import Moves
from services.jobs.reader import Reader
from services.jobs.records import Records
from services.jobs.recovery import Recovery
from services.jobs.repairs import Repairs
from services.jobs.reports import Reports
from services.jobs.retrying import Retrying
from services.jobs.values import Failure, JobSpec, Result
from tests.servers.jobs import AMPLE, put_in_line

LEASE = timedelta(seconds=20)
ADA = JobSpec(
    user_id="ada",
    prompt="A lighthouse in a storm — naïve, “quoted”",
    platforms=("instagram-post", "twitter-post"),
    options=JobOptions(quality="hd"),
)
FAILURE = Failure(code="PROVIDER_UNAVAILABLE", message="It does not answer.", retryable=True)
IMAGE = Rendition(
    platform="instagram-post",
    key="ada/1/instagram-post-1080x1080.jpg",
    content_type="image/jpeg",
    width=1080,
    height=1080,
    size_bytes=1234,
    sha256="0" * 64,
    crop=(0, 0, 1024, 1024),
    master=1,
)
MASTER = Rendition(
    platform="master",
    key="ada/1/master-1-0000000000000000",
    content_type="image/png",
    width=1200,
    height=1200,
    size_bytes=12_345,
    sha256="0" * 64,
)
BOUGHT = Purchase(master=MASTER, model="gpt-image-2", revised_prompt="A lighthouse")
RESULT = Result(generation_id="1", purchases=(BOUGHT,), images=(IMAGE,))


def spec_of(owner: str) -> JobSpec:
    return JobSpec(user_id=owner, prompt="A lighthouse", platforms=("twitter-post",))


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    redis: Redis
    records: Records
    claims: Claims
    repairs: Repairs
    retrying: Retrying
    moves: Moves
    reader: Reader
    listing: Listing
    figures: Figures
    reports: Reports
    recovery: Recovery
    tokens: "itertools.count[int]" = field(default_factory=itertools.count)

    def create(self, spec: JobSpec = ADA) -> str:
        return put_in_line(self.records, spec)

    def take(self) -> str | None:
        taken = self.claims.take(1) if self.redis.llen(keys.TURNS) else None
        return taken.job_id if taken else None

    def begin(self, job_id: str) -> Claim:
        taken = self.take()
        assert taken == job_id
        claim = self.claims.claim(job_id, "worker-1", f"token-{next(self.tokens)}")
        assert claim
        return claim

    def active(self, spec: JobSpec = ADA) -> Claim:
        return self.begin(self.create(spec))

    def completed(self) -> str:
        claim = self.active()
        self.claims.complete(claim.job_id, claim.token, RESULT)
        return claim.job_id

    def failed(self) -> str:
        claim = self.active()
        self.claims.fail(claim.job_id, claim.token, FAILURE)
        return claim.job_id

    def delayed(self, pause: timedelta = timedelta(hours=1)) -> Claim:
        claim = self.active()
        self.claims.delay(claim.job_id, claim.token, FAILURE, pause, refused=False)
        return claim

    def now(self) -> float:
        seconds, micros = self.redis.time()
        return seconds + micros / 1e6

    def retry(self, job_id: str) -> None:
        assert self.retrying.retry(job_id, AMPLE).became == "in"

    def lose_lease(self, job_id: str) -> None:
        """Let the lease run out, as if the worker had been silent."""
        self.redis.zadd(keys.LEASES, {job_id: 1.0})


def open_shop(redis: Redis, async_redis: AsyncRedis) -> Shop:
    """Open a shop on a Redis of its own."""
    records = Records(redis, retention=timedelta(hours=1), lease=LEASE)
    claims, repairs = Claims(records), Repairs(records)
    return Shop(
        redis=redis,
        records=records,
        claims=claims,
        repairs=repairs,
        retrying=Retrying(records),
        moves=Moves(records),
        reader=Reader(async_redis),
        listing=Listing(async_redis),
        figures=Figures(async_redis),
        reports=Reports(async_redis, LEASE),
        recovery=Recovery(redis, claims, repairs, attempts=3, lease=LEASE),
    )
