"""Runs the application until it is told to stop."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

GRACE_SECONDS = 1.0


@asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, *, reuse_port: bool = False
) -> AsyncIterator[str]:
    """Serves inside the block and yields the address; port 0 takes a free one."""
    # Handlers are cancelled when their client disconnects: that is how a call learns of it.
    runner = web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=GRACE_SECONDS, access_log=None
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_port=reuse_port).start()
        bound_host, bound_port = runner.addresses[0][:2]
        shown = f"[{bound_host}]" if ":" in bound_host else bound_host
        yield f"http://{shown}:{bound_port}"
    finally:
        await runner.cleanup()


async def serve(app: web.Application, host: str, port: int, *, reuse_port: bool) -> None:
    """Serves until SIGTERM or SIGINT, then gives running calls a moment to end."""
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with listening(app, host, port, reuse_port=reuse_port) as address:
        sys.stdout.write(f"The stand-in image API is ready at {address}\n")
        sys.stdout.flush()
        await stop.wait()
