"""Batches scripts that are called at the same moment into one pipeline to Redis.

A round trip of redis-py costs this process more than the script costs Redis. A single script is
called at once; under load, the calls made in one turn of the event loop share a round trip.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from services.jobs.scripts import Script


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """One call of a script, and the future that receives its answer."""

    script: Script
    keys: Sequence[str]
    args: Sequence[Any]
    answer: asyncio.Future[Any]

    def give(self, told: Any) -> None:
        if self.answer.done():  # its caller has been cancelled
            return
        if isinstance(told, Exception):
            self.answer.set_exception(told)
        else:
            self.answer.set_result(told)


class Batched:
    """Runs scripts, which must not depend on the order in which they run."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._asked: list[_Asked] = []
        self._batches: set[asyncio.Task[None]] = set()

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Return what a script answers. Raises RedisError."""
        loop = asyncio.get_running_loop()
        if not self._asked:
            loop.call_soon(self._send)
        one = _Asked(script=script, keys=keys, args=args, answer=loop.create_future())
        self._asked.append(one)
        return await one.answer

    def _send(self) -> None:
        batch, self._asked = self._asked, []
        sending = asyncio.create_task(self._ask(batch))
        self._batches.add(sending)
        sending.add_done_callback(self._batches.discard)

    async def _ask(self, batch: Sequence[_Asked]) -> None:
        try:
            told = await self._call(batch)
            unknown = [one for one, said in zip(batch, told, strict=True) if _unknown(said)]
            again = iter(await self._call(unknown, load=True) if unknown else ())
            told = [next(again) if _unknown(said) else said for said in told]
        except Exception as error:  # noqa: BLE001 - nobody got an answer, so everybody gets the error
            told = [error] * len(batch)
        for one, said in zip(batch, told, strict=True):
            one.give(said)

    async def _call(self, batch: Sequence[_Asked], *, load: bool = False) -> list[Any]:
        """Return an answer or an exception for each call; `load` sends the scripts first."""
        pipe = self._redis.pipeline(transaction=False)
        texts = dict.fromkeys(one.script.text for one in batch) if load else {}
        for text in texts:
            pipe.script_load(text)
        for one in batch:
            pipe.evalsha(*one.script.call(one.keys, one.args))
        answers = await pipe.execute(raise_on_error=False)
        return answers[len(texts) :]


def _unknown(said: Any) -> bool:
    """Return whether Redis did not know the script, and so has not run it."""
    return isinstance(said, NoScriptError)
