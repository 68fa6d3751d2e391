"""Jobs whose images are bought through LiteLLM's proxy, all of them at once, and how they end."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from deploy.local.standin.app import build_app
from deploy.local.standin.ledger import Ledger
from deploy.local.standin.serve import listening
from tests.e2e.client import finish, open_client
from tests.servers.litellm import TRIES, LiteLLM, running_litellm
from tests.unit.resizer.pictures import quadrants, saved

MODEL, GONE, UNKNOWN = "gpt-image-2", "gpt-image-1", "gpt-image-of-nobody"
"""One that paints, one that only LiteLLM still has, and one that it has never heard of."""

NEVER_ANSWERED = "no-answer"

PICTURE = saved(quadrants(1024, 1024))


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A job, what befalls it at the stand-in, and its end: `code` is that of its error, if any.

    An `edit` is painted from a picture that is uploaded first.

    `charged` is how many images the stand-in charges for at most each time that we ask.
    `uncertain` means that we are not told whether it did.
    """

    switches: str = "delay=0"
    edit: bool = False
    options: Mapping[str, object] = field(default_factory=dict)
    code: str | None = None
    charged: int = 1
    uncertain: bool = False


def _lost(switches: str, *, tries: int = 1) -> Trial:
    return Trial(switches=switches, code="PURCHASE_UNCERTAIN", charged=tries, uncertain=True)


TRIALS = {
    "plain": Trial(),
    "previews": Trial(options={"previews": 2}),
    "slow": Trial(switches="delay=4"),
    "an-edit": Trial(edit=True),
    "refused-edit": Trial(
        edit=True, switches="fail=moderated", code="MODERATION_BLOCKED", charged=0
    ),
    "lost-edit": replace(_lost("fail=broken", tries=TRIES), edit=True),
    "rate": Trial(switches="fail=rate_limit times=1"),
    "moderated": Trial(switches="fail=moderated", code="MODERATION_BLOCKED", charged=0),
    "quota": Trial(switches="fail=quota", code="PROVIDER_QUOTA_EXCEEDED", charged=0),
    "unknown-model": Trial(options={"model": UNKNOWN}, code="MODEL_UNAVAILABLE", charged=0),
    "model-gone": Trial(options={"model": GONE}, code="MODEL_UNAVAILABLE", charged=0),
    "no-image": Trial(switches="fail=empty", code="PROVIDER_BAD_ANSWER"),
    "no-picture": Trial(switches="fail=rubbish", code="PROVIDER_BAD_ANSWER"),
    "half-an-answer": _lost("fail=half"),
    "a-page": _lost("fail=paid_page"),
    "connection-broken": _lost("fail=broken", tries=TRIES),
    "error-after-painting": _lost("fail=paid_error", tries=TRIES),
    NEVER_ANSWERED: _lost("fail=paid_silence"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """A stack that buys through the proxy, what it is told, and the names of its trials."""

    profile: str
    uncertain_purchases: int
    timeout_seconds: int = 300
    trials: Collection[str] = tuple(name for name in TRIALS if name != NEVER_ANSWERED)


SHOPS = {
    "auto": Shop(profile="auto", uncertain_purchases=1),
    "litellm": Shop(profile="litellm", uncertain_purchases=0),
    "impatient": Shop(
        profile="auto", uncertain_purchases=1, timeout_seconds=5, trials=[NEVER_ANSWERED]
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """How a job ended for its owner, in the owner's books, and in the stand-in's ledger."""

    done: Mapping[str, Any]
    usage: Mapping[str, Any]
    ledger: Mapping[str, Any]


async def run_trials(folder: Path, forks: ForkServer) -> Mapping[tuple[str, str], End]:
    """Return the ends of all trials by shop and name."""
    ledger = Ledger()
    app = build_app(ledger, {"care": "low"}, lambda fields: None)
    async with AsyncExitStack() as open_ones:
        address = await open_ones.enter_async_context(listening(app, "127.0.0.1", 0))
        proxy = open_ones.enter_context(running_litellm(folder, f"{address}/v1", [MODEL, GONE]))
        stacks = {
            name: open_ones.enter_context(
                running_stack(folder / name, environ=_told(shop, proxy), forks=forks)
            )
            for name, shop in SHOPS.items()
        }
        keys = [(name, trial) for name, shop in SHOPS.items() for trial in shop.trials]
        ends = await asyncio.gather(*(_end(stacks[key[0]], *key, ledger) for key in keys))
    return dict(zip(keys, ends, strict=True))


def _told(shop: Shop, proxy: LiteLLM) -> dict[str, str]:
    return {
        "OPENAI_BASE_URL": proxy.base_url,
        "OPENAI_API_KEY": proxy.key,
        "IMAGE_API_PROFILE": shop.profile,
        "IMAGE_MODELS": f"{MODEL},{GONE},{UNKNOWN}",
        "UNCERTAIN_PURCHASES": str(shop.uncertain_purchases),
        "GENERATOR_TIMEOUT_SECONDS": str(shop.timeout_seconds),
        "RETRY_BACKOFF_SECONDS": "0.2",
    }


async def _end(stack: Stack, shop: str, name: str, ledger: Ledger) -> End:
    trial, subject = TRIALS[name], f"A lighthouse for {shop}, {name}"
    job = {
        "userId": name,
        "prompt": f"{subject} [standin: {trial.switches}]",
        "platforms": ["twitter-post"],
        "options": trial.options,
    }
    async with open_client(stack, name) as client:
        if trial.edit:
            sent = await client.post("/api/uploads", content=PICTURE)
            job["references"] = [sent.json()["uploadId"]]
        answer = await client.post("/api/jobs", json=job)
        assert answer.status_code == 201, answer.text
        done = await finish(client, answer.json()["jobId"])
        usage = (await client.get("/api/usage")).json()
    return End(done=done, usage=usage, ledger=ledger.report(subject))
