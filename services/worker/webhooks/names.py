"""Resolves the hosts of webhooks in threads of their own.

A name server that is slow for one of them holds up neither the others nor the worker's jobs.
"""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from services.common.web.public_only import Resolve


def resolving(threads: Executor) -> Resolve:
    """Return what resolves a name in one of `threads`."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(threads, _look_up, host, port)
        return [str(address[0]) for *_, address in found]

    return resolve


def _look_up(host: str, port: int) -> Sequence[tuple[Any, ...]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
