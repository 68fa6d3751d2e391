"""The job API: create and get through Envoy, against Express with Bull on the same Redis.

Many users, each with a token of their own, as in real life. Both queues are at rest meanwhile: the
work itself is measured elsewhere.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

from redis import Redis
from rq.suspension import suspend

from deploy.local.stack import Stack
from tests.bench.figures import OURS, Result, Row
from tests.bench.load import Load, Server, request, run_load
from tests.bench.stage import Plan, node, our_stack, peer, peer_environ, pids

PART = "Job API"

_PEERS = {"Express + Bull": "", "Express + Bull, rate limits": "yes"}
_OWNERS, _CONNECTIONS = 500, 32
_AIM = "1.5x"
_MEASURES: tuple[tuple[str, Callable[[Load], float]], ...] = (
    ("requests/s", lambda load: load.rate),
    ("ms, p50", lambda load: load.ms(50)),
    ("ms, p99", lambda load: load.ms(99)),
    ("CPU ms", lambda load: load.cpu_ms),
)


async def measure(plan: Plan) -> Result:
    """Run the rounds."""
    with our_stack(plan, "job-api") as stack, ExitStack() as running:
        with Redis.from_url(stack.environ["REDIS_URL"]) as redis:
            suspend(redis)
        servers = {OURS: Server(port=stack.port, pids=pids(stack, "envoy", "gateway", "redis"))}
        for name, limits in _PEERS.items() if node() else ():
            environ = {**peer_environ(stack), "PEER_LIMITS": limits}
            one = running.enter_context(peer("express_bull.mjs", environ))
            servers[name] = Server(port=one.port, pids=[one.pid, *pids(stack, "redis")])
        users = Users(stack)
        creates, gets = defaultdict[str, list[Load]](list), defaultdict[str, list[Load]](list)
        for number in range(plan.rounds + 1):
            for name, server in servers.items():
                wrote = await _load(plan, server, users.creates(server.port), 201)
                read = await _load(plan, server, users.gets(server.port, wrote), 200)
                if number:  # the first round warms up
                    creates[name].append(wrote)
                    gets[name].append(read)
    loads = [load for one in (creates, gets) for rounds in one.values() for load in rounds]
    busiest = max(load.cpu for load in loads)
    return Result(
        rows=[*_rows("create", creates), *_rows("get", gets)],
        notes=[f"the load generator took at most {busiest:.0%} of one core"],
    )


async def _load(plan: Plan, server: Server, requests: Iterator[bytes], wanted: int) -> Load:
    return await run_load(
        server, requests, seconds=plan.seconds, connections=_CONNECTIONS, wanted=wanted
    )


def _rows(call: str, rounds: Mapping[str, Sequence[Load]]) -> list[Row]:
    return [
        Row(
            part=PART,
            what=call,
            unit=unit,
            taken={name: [figure(load) for load in loads] for name, loads in rounds.items()},
            more_is_better=unit == "requests/s",
            aim=_AIM if unit == "requests/s" else "",
        )
        for unit, figure in _MEASURES
    ]


class Users:
    """Who asks, each with a token."""

    def __init__(self, stack: Stack) -> None:
        self._tokens = {
            owner: stack.token(owner) for owner in map("user-{}".format, range(_OWNERS))
        }

    def creates(self, port: int) -> Iterator[bytes]:
        """Yield requests that create jobs, of one user after the other, for ever."""
        return itertools.cycle(
            request("POST", "/api/jobs", port, self._headers(owner), _body(owner))
            for owner in self._tokens
        )

    def gets(self, port: int, created: Load) -> Iterator[bytes]:
        """Yield requests that read the jobs of a load, over and over."""
        owners = dict(zip(itertools.islice(self.creates(port), _OWNERS), self._tokens, strict=True))
        return itertools.cycle(
            request(
                "GET",
                f"/api/jobs/{json.loads(answer)['jobId']}",
                port,
                self._headers(owners[sent]),
            )
            for sent, answer in created.answers
        )

    def _headers(self, owner: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[owner]}"}


def _body(owner: str) -> bytes:
    job = {
        "userId": owner,
        "prompt": "A beautiful sunset over mountains",
        "platforms": ["instagram-post", "twitter-post"],
        "options": {"quality": "hd", "style": "vivid"},
    }
    return json.dumps(job).encode()
