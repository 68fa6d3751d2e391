"""Decides which calls fail, and remembers how often they did."""

import asyncio
from collections import OrderedDict
from random import Random

from aiohttp import web

from deploy.local.standin.errors import ApiError
from deploy.local.standin.switches import Switches

KEYS_MAX = 10_000
SILENCE_SECONDS_MAX = 3600.0
PAID = ("paid_error", "paid_page", "paid_silence")
"""Faults behind the painted image: what it costs is in the ledger, and nobody ever sees it."""

OVERLOADED = "The server is overloaded or not ready yet. Please try again later."
SERVER_ERROR = (
    "The server had an error while processing your request. Sorry about that! "
    "Please contact us through our help center at help.openai.com if the error persists."
)
# fault: status, type, code, message
ERRORS: dict[str, tuple[int, str, str | None, str]] = {
    "rate_limit": (
        429,
        "requests",
        "rate_limit_exceeded",
        "Rate limit reached for {model} on images per min. Please try again in {wait}s.",
    ),
    "quota": (
        429,
        "insufficient_quota",
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "server_error": (500, "server_error", "server_error", SERVER_ERROR),
    "overloaded": (503, "server_error", "server_is_overloaded", OVERLOADED),
    "bad_key": (
        401,
        "invalid_request_error",
        "invalid_api_key",
        "Incorrect API key provided. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
    ),
    "moderated": (
        400,
        "image_generation_user_error",
        "moderation_blocked",
        "Your request was rejected by the safety system. If you believe this is an error, "
        "contact us at help.openai.com and include the request ID {request_id}. "
        "safety_violations=[violence].",
    ),
}
MODERATION_DETAILS = {"moderation_stage": "input", "categories": ["violence"]}


async def paid_for_nothing(fault: str, request_id: str) -> web.Response:
    """Answer a fault of `PAID` like a proxy that loses what the model has painted."""
    if fault == "paid_silence":
        await asyncio.sleep(SILENCE_SECONDS_MAX)
    if fault == "paid_error":
        raise ApiError(status=500, kind="server_error", code="server_error", message=SERVER_ERROR)
    page = f"<html><body>Bad gateway, {request_id}</body></html>"
    return web.Response(text=page, content_type="text/html")


class Faults:
    """Counts calls by key, so that a fault can heal."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, int] = OrderedDict()

    def choose(self, switches: Switches, prompt: str) -> str:
        """The fault of this call, or "none" if it is to succeed; counts the call."""
        if switches.fail == ("none",):
            return "none"
        key = switches.key or prompt
        number = self._calls.get(key, 0) + 1
        self._calls[key] = number
        self._calls.move_to_end(key)
        if len(self._calls) > KEYS_MAX:
            self._calls.popitem(last=False)
        if switches.times is not None and number > switches.times:
            return "none"
        # Drawn from the call alone, so that a different order of calls has the same outcome.
        chance = Random(f"{switches.seed}:{key}:{number}")  # noqa: S311
        return chance.choice(switches.fail) if chance.random() < switches.probability else "none"

    def clear(self) -> None:
        """Forgets all counts."""
        self._calls.clear()


def error_for(fault: str, switches: Switches, model: str, request_id: str) -> ApiError | None:
    """The error reply of a fault, or None for faults of another kind."""
    if fault not in ERRORS:
        return None
    status, kind, code, message = ERRORS[fault]
    text = message.format(model=model, wait=f"{switches.retry_after:g}", request_id=request_id)
    waits = fault in ("rate_limit", "overloaded")
    return ApiError(
        status=status,
        kind=kind,
        code=code,
        message=text,
        headers={"retry-after": f"{switches.retry_after:g}"} if waits else {},
        extra={"moderation_details": MODERATION_DETAILS} if fault == "moderated" else {},
    )
