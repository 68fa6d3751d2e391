"""Batches scripts that are called at the same moment into one round trip to Redis.

A round trip costs this process more than a script costs Redis. A single script is called at once;
what is called until its answer comes shares the next round trip. They all go over one connection,
which is kept: to take one from the pool each time costs as much as the trip.
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.jobs.scripts import Script

_MOST_AT_ONCE = 500
"""Scripts of one round trip: all of them together must be answered in time."""


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
        self._pool = redis.connection_pool
        self._connection: AbstractConnection | None = None
        self._seconds: float | None = None
        self._asked: list[_Asked] = []
        self._sending: asyncio.Task[None] | None = None

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Return what a script answers. Raises RedisError."""
        answer = asyncio.get_running_loop().create_future()
        self._asked.append(_Asked(script=script, keys=keys, args=args, answer=answer))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        return await answer

    async def _send(self) -> None:
        """Make round trips as long as there is something to ask."""
        try:
            while self._asked:
                batch = self._asked[:_MOST_AT_ONCE]
                self._asked = self._asked[_MOST_AT_ONCE:]
                await self._ask(batch)
        finally:
            self._sending = None

    async def _ask(self, batch: Sequence[_Asked]) -> None:
        try:
            told = await self._call(batch)
            unknown = [one for one, said in zip(batch, told, strict=True) if _unknown(said)]
            again = iter(await self._call(unknown, load=True) if unknown else ())
            told = [next(again) if _unknown(said) else said for said in told]
        except Exception as error:  # noqa: BLE001 - nobody got an answer, so everybody gets the error
            # Nor do those who have waited meanwhile: an outage must not cost them its length twice.
            batch, self._asked = [*batch, *self._asked], []
            told = [error] * len(batch)
        for one, said in zip(batch, told, strict=True):
            one.give(said)

    async def _call(self, batch: Sequence[_Asked], *, load: bool = False) -> list[Any]:
        """Return an answer or an exception for each call; `load` sends the scripts first."""
        texts = dict.fromkeys(one.script.text for one in batch) if load else {}
        commands: list[tuple[Any, ...]] = [("SCRIPT", "LOAD", text) for text in texts]
        commands += [("EVALSHA", *one.script.call(one.keys, one.args)) for one in batch]
        # By the library in C: redis-py packs for asyncio in Python, at a tenth of a request's cost.
        packed = b"".join(map(pack_command, commands))
        connection = self._connection or await self._connect()

        async def trip() -> list[Any]:
            try:
                async with asyncio.timeout(self._seconds):
                    if not connection.is_connected:
                        # Asks Sentinels first; by itself, sending would go to the old server.
                        await connection.connect()  # type: ignore[no-untyped-call]
                    await connection.send_packed_command(packed)
                    return [await _answer(connection) for _ in commands]
            except TimeoutError as error:
                raise RedisTimeoutError("no answer in time") from error

        answers = await connection.retry.call_with_retry(
            trip, lambda error: connection.disconnect()
        )
        return answers[len(texts) :]

    async def _connect(self) -> AbstractConnection:
        connection: AbstractConnection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        # One timer for a trip: redis-py sets one to send, and another one for each answer.
        self._seconds, connection.socket_timeout = connection.socket_timeout, None
        self._connection = connection
        return connection


async def _answer(connection: AbstractConnection) -> Any:
    try:
        return await connection.read_response(timeout=math.inf)
    except ResponseError as error:
        return error


def _unknown(said: Any) -> bool:
    """Return whether Redis did not know the script, and so has not run it."""
    return isinstance(said, NoScriptError)
