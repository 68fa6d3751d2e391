"""The routes of the stand-in and the middleware around them."""

from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from deploy.local.standin.faults import Faults
from deploy.local.standin.generations import Generations
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.middleware import Log, label, log_requests, require_key, shape_errors
from deploy.local.standin.models import model_list
from deploy.local.standin.studio import Studio

BODY_BYTES_MAX = 256 * 1024


def build_app(ledger: Ledger, switches: Mapping[str, str], log: Log) -> web.Application:
    """Wires the application; `switches` are the defaults of every call."""
    studio, faults = Studio(), Faults()
    generations = Generations(studio, ledger, faults, switches)

    async def models(request: web.Request) -> web.Response:
        return web.json_response(model_list())

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "standin": True})

    async def show_ledger(request: web.Request) -> web.Response:
        return web.json_response(ledger.report(request.query.get("prompt_contains", "")))

    async def clear_ledger(request: web.Request) -> web.Response:
        ledger.clear()
        faults.clear()
        return web.Response(status=204)

    async def close_studio(app: web.Application) -> AsyncIterator[None]:
        yield
        studio.close()

    app = web.Application(
        middlewares=[log_requests(log), shape_errors, require_key],
        client_max_size=BODY_BYTES_MAX,
    )
    app.on_response_prepare.append(label)
    app.cleanup_ctx.append(close_studio)
    app.add_routes(
        [
            web.post("/v1/images/generations", generations.create),
            web.post("/v1/images/edits", generations.edit),
            web.get("/v1/models", models),
            web.get("/v1/files/{name}", generations.file),
            web.get("/healthz", health),
            web.get("/standin/ledger", show_ledger),
            web.delete("/standin/ledger", clear_ledger),
        ]
    )
    return app
