"""What happens around every request: an id, the label, the log line, errors in OpenAI's shape."""

import json
import logging
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from deploy.local.standin.errors import ApiError
from deploy.local.standin.ledger import CALL, REQUEST_ID, Call

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Log = Callable[[Mapping[str, Any]], None]
PROMPT_CHARS_LOGGED = 200
HTTP_ERRORS = {
    404: (None, "Invalid URL ({method} {path})"),
    405: ("method_not_supported", "Not allowed to {method} on {path}."),
    413: ("request_too_large", "The body of the request is too large."),
}


def log_to_stdout(fields: Mapping[str, Any]) -> None:
    """Writes one JSON line."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def log_requests(log: Log) -> Any:
    """Gives the request its id and logs the request and its answer as one line."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[REQUEST_ID] = f"req_{secrets.token_hex(16)}"
        start, status = time.perf_counter(), 499
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            log(
                {
                    "service": "standin",
                    "standin": True,
                    "request_id": request[REQUEST_ID],
                    "method": request.method,
                    "path": request.path,
                    "status": status,
                    "milliseconds": round((time.perf_counter() - start) * 1000),
                    **_call_fields(request.get(CALL)),
                }
            )

    return middleware


@web.middleware
async def shape_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns every error into OpenAI's JSON."""
    try:
        return await handler(request)
    except ApiError as error:
        answer = error
    except web.HTTPException as error:
        code, text = HTTP_ERRORS.get(error.status, (None, error.reason))
        message = text.format(method=request.method, path=request.path)
        allow = {"allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        answer = ApiError(status=error.status, message=message, code=code, headers=allow)
    except ConnectionError:
        raise
    except Exception:
        logging.getLogger("standin").exception("%s failed", request.get(REQUEST_ID))
        answer = ApiError(status=500, message="The stand-in has a bug.", kind="server_error")
    return web.json_response(answer.body(), status=answer.status, headers=answer.headers)


@web.middleware
async def require_key(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses calls to the API without a bearer token; any token will do."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    open_path = not request.path.startswith("/v1/") or request.path.startswith("/v1/files/")
    if not open_path and not (scheme.lower() == "bearer" and token.strip()):
        message = "You didn't provide an API key. The stand-in takes any: Authorization: Bearer x."
        raise ApiError(status=401, message=message, code="invalid_api_key")
    return await handler(request)


async def label(request: web.Request, response: web.StreamResponse) -> None:
    """Marks the reply as the stand-in's and gives it the request id."""
    response.headers["x-snapasset-standin"] = "1"
    response.headers["x-request-id"] = request.get(REQUEST_ID, "")


def _call_fields(call: Call | None) -> dict[str, Any]:
    if call is None:
        return {}
    return {
        "prompt": (call.prompt or "")[:PROMPT_CHARS_LOGGED],
        "model": call.model,
        "size": call.size,
        "quality": call.quality,
        "stream": call.stream,
        "outcome": call.outcome,
        "image_sent": call.image_sent,
    }
