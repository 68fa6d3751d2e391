"""Clients: they create jobs through every door, watch them, and believe what they are told."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any, Protocol

import grpc
import httpx2
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.jobs_pb2_grpc import JobServiceStub
from snapasset.gateway.v1.renditions_pb2 import CreateRenditionsRequest, RenditionOrder

from services.common.platforms import PLATFORMS
from services.gateway.access.issuing import make_token
from services.jobs.plan import plan
from services.jobs.values import JobSpec, generation_id
from services.jobs.views.options import from_message
from tests.chaos.doors import CALL_SECONDS, Door, GrpcDoor, Metadata, NoAnswer, RestDoor
from tests.servers.openai_api import picture

OWNERS = ("ada", "bob", "cleo", "dan")
ENDED = ("completed", "failed", "cancelled")
PURCHASES: tuple[dict[str, Any], ...] = ({}, {}, {"variants": 2}, {"fit": "extend"})

_PICTURE = picture()

_TRIES = 10
_SILENCE_SECONDS = 30.0
"""Twice the heartbeat: a stream that says nothing for so long hangs."""


class Front(Protocol):
    """A running system as its clients find it."""

    @property
    def environ(self) -> Mapping[str, str]:
        """Return at least the secret and the issuer of its tokens."""
        ...

    @property
    def gateways(self) -> Sequence[str]:
        """Return the addresses of gateways that clients reach without Envoy."""
        ...

    @property
    def envoy(self) -> str:
        """Return where the public port is."""
        ...


@dataclass(kw_only=True, slots=True)
class Accepted:
    """A job that a gateway has answered for. `told` is how its stream ended."""

    job_id: str
    owner: str
    prompt: str
    platforms: Sequence[str]
    masters: int = 1
    """How many images it may buy."""
    cuts: str = ""
    """The job whose generation it cuts again; it buys nothing then."""
    told: str = ""


def masters_of(request: pb.CreateJobRequest) -> int:
    """Return how many images a job may buy, though it may need fewer."""
    spec = JobSpec(
        user_id=request.user_id,
        prompt=request.prompt,
        platforms=tuple(request.platforms),
        options=from_message(request.options),
    )
    return len(plan(spec))


@dataclass(slots=True)
class Load:
    """Creates jobs at a steady rate and watches each to its end.

    `purchases` are options, each as frequent as another; `edit_share` of the jobs are painted from
    an upload. With `at_once`, no job begins while so many are watched: a slow machine gets as many
    as it can do.
    """

    parts: Front
    random: Random
    name: str = "chaos"
    """Tells its prompts and keys from those of other loads on the same system."""
    cancel_share: float = 0.05
    around_envoy: bool = True
    cut_share: float = 0.8
    edit_share: float = 0.3
    purchases: Sequence[dict[str, Any]] = PURCHASES
    at_once: int | None = None
    jobs: list[Accepted] = field(default_factory=list)
    cuts: list[Accepted] = field(default_factory=list)
    """Jobs that cut again what another job has bought."""
    refused: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    """What clients heard in place of an answer."""
    dishonest: Counter[str] = field(default_factory=Counter)
    """What of it the guide does not allow."""
    failed_calls: Counter[str] = field(default_factory=Counter)
    """What of it was the answer to a call; the rest is how streams ended."""
    _until: float = 0.0
    _channels: list[grpc.aio.Channel] = field(default_factory=list)
    _doors: list[Door] = field(default_factory=list)
    _http: httpx2.AsyncClient = field(init=False)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def run(self, until: float, jobs_per_second: float) -> None:
        """Create jobs until a moment of the monotonic clock."""
        self._open()
        number, self._until = 0, until
        while time.monotonic() < self._until:
            if self.at_once is not None and len(self._tasks) >= self.at_once:
                await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                continue
            number += 1
            self._begin(self._one(number))
            await asyncio.sleep(self.random.expovariate(jobs_per_second))

    async def finish(self) -> None:
        """Begin no more jobs, and return once those under way have ended."""
        self._until = 0.0
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _open(self) -> None:
        around = self.parts.gateways if self.around_envoy else ()
        addresses = (*around, self.parts.envoy)
        self._channels = [grpc.aio.insecure_channel(one) for one in addresses]
        timeout = httpx2.Timeout(CALL_SECONDS, read=_SILENCE_SECONDS)
        self._http = httpx2.AsyncClient(
            base_url=f"http://{self.parts.envoy}",
            timeout=timeout,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
        )
        # As many ways lead through Envoy as around it.
        self._doors = [*map(GrpcDoor, self._channels), RestDoor(self._http)]

    async def close(self) -> None:
        """Let go of all streams."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self._channels:
            await channel.close()
        await self._http.aclose()

    def stub(self) -> Any:
        """Return a stub of any gateway."""
        return JobServiceStub(self.random.choice(self._channels))

    def metadata(self, owner: str, *more: tuple[str, str]) -> Metadata:
        """Return what one owner sends with a call."""
        environ = self.parts.environ
        token = make_token(environ["JWT_SECRET"], issuer=environ["JWT_ISSUER"], user_id=owner)
        return ("authorization", f"Bearer {token}"), *more

    def _begin(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _one(self, number: int) -> None:
        owner, count = self.random.choice(OWNERS), self.random.randint(1, 3)
        platforms = self.random.sample(sorted(PLATFORMS), count)
        cancels = self.random.random() < self.cancel_share
        prompt = f"A lighthouse in a storm, number {number:06} of {self.name}."
        options = pb.JobOptions(quality="low", **self.random.choice(self.purchases))
        references = [await self._picture(owner)] if self.random.random() < self.edit_share else []
        request = pb.CreateJobRequest(
            user_id=owner,
            prompt=prompt,
            platforms=platforms,
            options=options,
            references=filter(None, references),
        )
        metadata = self.metadata(owner, ("idempotency-key", f"{self.name}-{number}"))
        job_id = await self._create(lambda door: door.create(request, metadata))
        if not job_id:
            self.refused += 1
            return
        job = Accepted(
            job_id=job_id,
            owner=owner,
            prompt=prompt,
            platforms=platforms,
            masters=masters_of(request),
        )
        self.jobs.append(job)
        if cancels:
            self._begin(self._cancel(job))
        await self._watch(job)
        cuts = time.monotonic() < self._until and self.random.random() < self.cut_share
        if job.told == "completed" and cuts:
            await self._cut(number, job)

    async def _picture(self, owner: str) -> str:
        """Upload a picture to paint from; return its id, "" if nobody takes it just now."""
        headers = {**dict(self.metadata(owner)), "content-type": "image/png"}
        with contextlib.suppress(httpx2.HTTPError):
            answer = await self._http.post("/api/uploads", content=_PICTURE, headers=headers)
            if answer.status_code == HTTPStatus.CREATED:
                return str(answer.json()["uploadId"])
        return ""

    async def _cut(self, number: int, job: Accepted) -> None:
        """Cut again what a job has bought."""
        platforms = self.random.sample(sorted(PLATFORMS), 2)
        request = CreateRenditionsRequest(
            generation_id=generation_id(job.job_id),
            renditions=[RenditionOrder(platform=one) for one in platforms],
        )
        metadata = self.metadata(job.owner, ("idempotency-key", f"{self.name}-cut-{number}"))
        job_id = await self._create(lambda door: door.cut(request, metadata))
        if not job_id:
            self.refused += 1
            return
        cut = Accepted(
            job_id=job_id, owner=job.owner, prompt=job.prompt, platforms=platforms, cuts=job.job_id
        )
        self.cuts.append(cut)
        await self._watch(cut)

    async def _create(self, create: Callable[[Door], Awaitable[str]]) -> str:
        """Create a job; a call without an answer is repeated under the same key."""
        for _ in range(_TRIES):
            try:
                return await create(self._door())
            except NoAnswer as failure:
                self.failed_calls[failure.code] += 1
                await self._note(failure)
        return ""

    async def _cancel(self, job: Accepted) -> None:
        await asyncio.sleep(self.random.uniform(0, 3))
        with contextlib.suppress(NoAnswer):  # it may have ended, or nobody may be there
            await self._door().cancel(job.job_id, self.metadata(job.owner))

    async def _watch(self, job: Accepted) -> None:
        """Follow the stream to its `done`; connect again whenever it ends before."""
        while not job.told:
            try:
                async for kind, status in self._door().watch(job.job_id, self.metadata(job.owner)):
                    if kind == "done":
                        job.told = status
            except NoAnswer as failure:
                await self._note(failure)

    def _door(self) -> Door:
        return self.random.choice(self._doors)

    async def _note(self, failure: NoAnswer) -> None:
        self.heard[failure.code] += 1
        if not failure.honest:
            self.dishonest[failure.code] += 1
        await asyncio.sleep(0.5)
