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
from services.jobs.line import PUSH
from services.jobs.moving_window import COUNT, Policy
from services.jobs.once import KEPT_SECONDS, Once
from services.jobs.transition import Record, Step, Transitions, now_ms
from services.jobs.values import JobSpec, Status

RQ_FUNCTION = "services.worker.pipeline"
"""What RQ's record names as the work; our worker runs it without looking it up."""

IN_FLIGHT = (Status.WAITING, Status.ACTIVE, Status.DELAYED)

# KEYS: RQ's record; the owner's jobs in flight, by state; all that wait; the owner's line; the
# turns; when the caller's last jobs came in; the Idempotency-Key (without one the record again).
# ARGV: job id, owner, digest of the request or "", most in flight, most in line, the policy's
# amount and seconds, "spent" when the budget is, ms of now, how long an answer is kept (s); then
# each command that writes the job, as the number of its words and the words.
# Returns what became of it, and a job id, or when the policy lets the next one in.
_CREATE = f"""
{COUNT}
{PUSH}
local job, digest = ARGV[1], ARGV[3]
if digest ~= '' then
  local known = redis.call('HMGET', KEYS[9], 'digest', 'job')
  if known[1] then return {{known[1] == digest and 'known' or 'conflict', known[2]}} end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return {{'known', job}} end
local in_flight = 0
for i = 2, 4 do in_flight = in_flight + redis.call('ZCARD', KEYS[i]) end
if in_flight >= tonumber(ARGV[4]) then return {{'jobs', ''}} end
if redis.call('ZCARD', KEYS[5]) >= tonumber(ARGV[5]) then return {{'queue', ''}} end
if ARGV[8] == 'spent' then return {{'budget', ''}} end
local passes, _, free_at = count(KEYS[8], tonumber(ARGV[6]), tonumber(ARGV[7]))
if not passes then return {{'policy', free_at}} end
local at = 11
while at < #ARGV do
  local words = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + words))
  at = at + words + 1
end
push({{KEYS[6], KEYS[7], KEYS[5]}}, {{ARGV[2], job, ARGV[9], 'back'}})
if digest ~= '' then
  redis.call('HSET', KEYS[9], 'digest', digest, 'job', job)
  redis.call('EXPIRE', KEYS[9], ARGV[10])
end
return {{'known', job}}
"""


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
class Script:
    """A Lua script with what it is called with."""

    text: str
    keys: Sequence[str]
    args: Sequence[Any]


def creation(transitions: Transitions, job_id: str, spec: JobSpec, terms: Terms) -> Script:
    """Return the script that takes a job in, if `terms` allow it.

    It answers ["known", job id] for the job that has come in, now or before; else what is in its
    way: "conflict", "jobs", "queue", "budget", or "policy" with the seconds since 1970 from which
    the next one may come in.
    """
    owner, once, bounds = spec.user_id, terms.once, terms.bounds
    record = RqJob.key_for(job_id)
    return Script(
        text=_CREATE,
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
