"""The stand-in as a server that production takes: it does not say that no model has painted.

`python -m tests.servers.image_api`, with the stand-in's settings.
"""

import asyncio

from aiohttp import web

from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.middleware import log_to_stdout
from deploy.local.standin.serve import serve
from deploy.local.standin.settings import StandinSettings
from services.common.settings import load
from services.generator.providers.openai.provider import STAND_IN_HEADER


def main() -> None:
    """Serve until the process is ended."""
    settings = load(StandinSettings)
    app = build_app(Ledger(settings.ledger_file), settings.switches, log_to_stdout)
    app.on_response_prepare.append(_unmark)
    asyncio.run(serve(app, settings.host, settings.port, reuse_port=settings.reuse_port))


async def _unmark(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop(STAND_IN_HEADER, None)


if __name__ == "__main__":
    main()
