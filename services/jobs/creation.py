"""Takes a new job in: one script decides whether it may come in, and writes it.

So the bounds and the policy hold however many gateways create at once, equal requests make one
job, and a gateway that dies on the way leaves nothing behind. The script may be sent twice, because
an answer was lost: it finds the job that it has written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from rq.job import Job as RqJob
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from services.common import context
from services.jobs import codec, keys
from services.jobs.moving_window import Policy
from services.jobs.once import KEPT_SECONDS, Once
from services.jobs.scripts import Script, read_script
from services.jobs.transition import Record, Step, Transitions, now_ms
from services.jobs.values import JobSpec, Status

RQ_FUNCTION = "services.worker.pipeline"
"""What RQ's record names as the work; our worker runs it without looking it up."""

IN_FLIGHT = (Status.WAITING, Status.ACTIVE, Status.DELAYED)

_CREATE = read_script("create")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How many jobs there may be: of one owner in flight, and of all owners in line."""

    in_flight: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """On which a job comes in: bounds, the policy and where it is counted, what it replays."""

    bounds: Bounds
    policy: Policy
    counted: str
    once: Once | None = None
    spent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Creation:
    """The script that takes a job in, with what it is called with."""

    script: Script
    keys: Sequence[str]
    args: Sequence[Any]


def creation(transitions: Transitions, job_id: str, spec: JobSpec, terms: Terms) -> Creation:
    """Return the script that takes a job in, if `terms` allow it.

    It answers ["known", job id] for the job that has come in, now or before; else what is in its
    way: "conflict", "jobs", "queue", "budget", or "policy" with the seconds since 1970 from which
    the next one may come in.
    """
    owner, once, bounds = spec.user_id, terms.once, terms.bounds
    record = RqJob.key_for(job_id)
    return Creation(
        script=_CREATE,
        keys=[
            record,
            *(keys.owned(owner, status) for status in IN_FLIGHT),
            keys.WAITING,
            keys.line(owner),
            keys.TURNS,
            terms.counted,
            once.key if once else record,
        ],
        args=[
            job_id,
            owner,
            once.digest if once else "",
            bounds.in_flight,
            bounds.waiting,
            terms.policy.amount,
            terms.policy.seconds,
            "spent" if terms.spent else "",
            now_ms(),
            KEPT_SECONDS,
            *_commands(transitions, job_id, spec, once),
        ],
    )


def _commands(transitions: Transitions, job_id: str, spec: JobSpec, once: Once | None) -> list[Any]:
    """Return the commands that write a job as the script takes them."""
    rq = RqJob.create(
        RQ_FUNCTION,
        kwargs=codec.spec_to_json(spec),
        id=job_id,
        connection=transitions.redis,
        serializer=JSONSerializer,
        origin=keys.QUEUE,
        description=f"{len(spec.platforms)} platforms",
        status=JobStatus.CREATED,
    )
    state = {
        "owner": spec.user_id,
        "attempts": "0",
        "progress": "0",
        "request_id": context.request_id.get(),
        "traceparent": context.traceparent.get(),
    }
    if once:
        state["answer"] = once.key
    pipe = transitions.redis.pipeline()  # it only gathers; nothing is sent
    pipe.sadd(transitions.queue.redis_queues_keys, transitions.queue.key)
    transitions.index(pipe, keys.owned(spec.user_id), job_id)
    step = Step(to=Status.WAITING, message="Waiting in the queue", state=state)
    transitions.enter(pipe, Record(rq=rq, state=state), step)
    gathered = cast(Any, pipe).command_stack
    return [part for words, _ in gathered for part in (len(words), *words)]
