"""Collects the headers of a response from several places and sends them with its first message.

Initial metadata can be sent only once, and a REST client gets no error from an rpc that fails after
it. So every part adds its headers here; a failure carries them in its trailers instead.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar

from snapasset.options.v1.methods_pb2 import Endpoint

from services.common.interceptors import Around, Context

_always: ContextVar[dict[str, str]] = ContextVar("always")
_on_success: ContextVar[dict[str, str]] = ContextVar("on_success")


def respond_with(name: str, value: str) -> None:
    """Add a header to the current response, even if it becomes an error."""
    _always.get()[name] = value


def respond_also_with(name: str, value: str) -> None:
    """Add an entry to a header of the current response that holds a list, even of an error.

    Of several entries with the same text before the first semicolon the first one stays.
    """
    headers = _always.get()
    if value.partition(";")[0] not in headers.get(name, ""):
        headers[name] = f"{headers[name]}, {value}" if name in headers else value


def respond_well_with(name: str, value: str) -> None:
    """Add a header to the current response, unless it becomes an error."""
    _on_success.get()[name] = value


def gather_headers(endpoints: Mapping[str, Endpoint]) -> Around:
    """Return the layer that collects the headers of an rpc, beginning with the status of its
    success, and puts them into the trailers of an error. `endpoints` are by method."""
    statuses = {
        method: str(endpoint.success_status)
        for method, endpoint in endpoints.items()
        if endpoint.success_status
    }

    @asynccontextmanager
    async def around(ctx: Context, method: str) -> AsyncIterator[None]:
        headers: dict[str, str] = {}
        _always.set(headers)
        _on_success.set({"x-http-code": statuses[method]} if method in statuses else {})
        try:
            yield
        except Exception:
            ctx.set_trailing_metadata(tuple(headers.items()))
            raise

    return around


async def send_headers(ctx: Context) -> None:
    """Send the headers, if there are any: what AroundInterceptor does before the first response."""
    if headers := {**_always.get(), **_on_success.get()}:
        await ctx.send_initial_metadata(tuple(headers.items()))
