"""Headers of a response, gathered from several places and sent with its first message.

Initial metadata can be sent only once, and an rpc that fails after them shows a REST client no
error. So whoever has something to say adds it here; a failure carries it in its trailers instead.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from services.common.interceptors import Context

_always: ContextVar[dict[str, str]] = ContextVar("always")
_on_success: ContextVar[dict[str, str]] = ContextVar("on_success")


def respond_with(name: str, value: str) -> None:
    """Add a header to the response at hand, whatever becomes of it."""
    _always.get()[name] = value


def respond_well_with(name: str, value: str) -> None:
    """Add a header to the response at hand, unless it becomes an error."""
    _on_success.get()[name] = value


@asynccontextmanager
async def gather_headers(ctx: Context, method: str) -> AsyncIterator[None]:
    """Begin with no headers; put them into the trailers of an error."""
    headers: dict[str, str] = {}
    _always.set(headers)
    _on_success.set({})
    try:
        yield
    except Exception:
        ctx.set_trailing_metadata(tuple(headers.items()))
        raise


async def send_headers(ctx: Context) -> None:
    """Send the headers, if there are any: what AroundInterceptor does before the first response."""
    if headers := {**_always.get(), **_on_success.get()}:
        await ctx.send_initial_metadata(tuple(headers.items()))
