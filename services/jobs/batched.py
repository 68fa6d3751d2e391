"""Sends what many calls ask of Redis at one moment together, in one pipeline.

A round trip of redis-py costs this process more than the command costs Redis. Alone, a command goes
out at once; under load the calls that the event loop handles in one turn share a round trip.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

_Waiting = tuple[tuple[Any, ...], asyncio.Future[Any]]


class Batched:
    """Runs single commands; they must not depend on each other's order."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[_Waiting] = []
        self._batches: set[asyncio.Task[None]] = set()

    async def eval(self, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Return what a Lua script returns. Raises RedisError."""
        return await self._run("EVAL", script, len(keys), *keys, *args)

    async def _run(self, *command: Any) -> Any:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._send)
        answer = loop.create_future()
        self._waiting.append((command, answer))
        return await answer

    def _send(self) -> None:
        batch, self._waiting = self._waiting, []
        sending = asyncio.create_task(self._ask(batch))
        self._batches.add(sending)
        sending.add_done_callback(self._batches.discard)

    async def _ask(self, batch: list[_Waiting]) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for command, _ in batch:
            pipe.execute_command(*command)
        try:
            answers = await pipe.execute(raise_on_error=False)
        except Exception as error:  # noqa: BLE001 - nobody was answered, so everybody hears why
            answers = [error] * len(batch)
        for (_, answer), told in zip(batch, answers, strict=True):
            if answer.done():  # who asked has gone
                continue
            if isinstance(told, Exception):
                answer.set_exception(told)
            else:
                answer.set_result(told)
