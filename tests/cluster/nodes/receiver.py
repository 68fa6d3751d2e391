"""A receiver of webhooks outside of the cluster, which may let senders wait for its answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.cluster.nodes.topology import RECEIVER_ADDRESS

_PORT = 443
RECEIVER_URL = f"http://{RECEIVER_ADDRESS}:{_PORT}/"


@asynccontextmanager
async def receiving(answers: asyncio.Event) -> AsyncIterator[None]:
    """Take messages for the length of the block, once `answers` is set."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        await answers.wait()
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, RECEIVER_ADDRESS, _PORT).start()
        yield
    finally:
        await runner.cleanup()
