"""A receiver of webhooks that believes nothing unsigned and keeps what it was told of each job."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from tests.chaos.load import ENDED, OWNERS, Load


@dataclass(kw_only=True, slots=True)
class WebhookReceiver:
    """Has a webhook of each owner, whose `secrets` are by owner."""

    secrets: dict[str, str] = field(default_factory=dict)
    told: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Id and status of each message, by the job that it tells of."""
    forged: int = 0
    """Messages whose signature does not fit."""

    async def take(self, request: web.Request) -> web.Response:
        """Answer one message."""
        webhook = Webhook(self.secrets[request.match_info["owner"]])
        try:
            job = webhook.verify(await request.text(), dict(request.headers))["data"]
        except WebhookVerificationError:
            self.forged += 1
            return web.Response(status=401)
        heard = request.headers["webhook-id"], job["status"]
        self.told.setdefault(job["jobId"], []).append(heard)
        return web.Response(status=204)

    @property
    def messages(self) -> int:
        """How many have come, repeated ones included."""
        return sum(map(len, self.told.values()))

    def untold(self, answers: Mapping[str, Any]) -> int:
        """Count the ended jobs, given as the API shows them, of which nothing was told."""
        return sum(one.status in ENDED and job not in self.told for job, one in answers.items())

    def untrue(self, answers: Mapping[str, Any]) -> int:
        """Count what was forged, and the jobs that were told to have ended otherwise than they did,
        or under more than one id: these jobs end once, since nobody retries them."""
        return self.forged + sum(
            len(set(told)) > 1 or {status for _, status in told} != {answers[job].status}
            for job, told in self.told.items()
            if job in answers
        )


@asynccontextmanager
async def receiving(load: Load) -> AsyncIterator[WebhookReceiver]:
    """Make a webhook of each owner and receive what it is told for the length of the block."""
    receiver, app = WebhookReceiver(), web.Application(client_max_size=2**24)
    app.router.add_post("/{owner}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with httpx2.AsyncClient(base_url=f"http://{load.parts.envoy}") as http:
            for owner in OWNERS:
                body, headers = {"url": f"{address}/{owner}"}, dict(load.metadata(owner))
                made = await http.post("/api/webhooks", json=body, headers=headers)
                receiver.secrets[owner] = made.raise_for_status().json()["secret"]
        yield receiver
    finally:
        await runner.cleanup()
