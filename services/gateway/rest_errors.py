"""Errors for REST clients: the body of the API guide, as a header that rest.lua unpacks."""

import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from services.common import context
from services.common.errors import AppError
from services.common.interceptors import Context
from services.gateway.headers import respond_with


@asynccontextmanager
async def speak_rest(ctx: Context, method: str) -> AsyncIterator[None]:
    """Add the body of an error to its headers. Unexpected errors get theirs from rest.lua."""
    try:
        yield
    except AppError as error:
        respond_with("x-error-body", rest_body(error))
        if error.http_status is not None:
            respond_with("x-http-code", str(error.http_status))
        if error.retry_after_seconds is not None:
            respond_with("retry-after", str(whole_seconds(error.retry_after_seconds)))
        raise


def rest_body(error: AppError) -> str:
    """Return the guide's error object for `error` as ASCII JSON."""
    body: dict[str, object] = {
        "error": error.title,
        "message": error.message,
        "code": error.code,
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "requestId": context.request_id.get(),
    }
    if error.fields:
        body["fields"] = [{"field": f.field, "message": f.message} for f in error.fields]
    if error.retry_after_seconds is not None:
        body["retryAfter"] = whole_seconds(error.retry_after_seconds)
    return json.dumps(body)


def whole_seconds(seconds: float) -> int:
    """Round up, so that a caller who waits exactly as long as told is not too early."""
    return max(1, math.ceil(seconds))
