"""Lets a caller keep an answer: says which version it is, and that the caller has it already."""

from services.common.interceptors import Context
from services.gateway.access.metadata import sent
from services.gateway.headers import respond_well_with


def is_known(ctx: Context, etag: str, size_bytes: int) -> bool:
    """Say what the answer's ETag and length are; make it a 304 if the caller has that version."""
    respond_well_with("etag", etag)
    respond_well_with("x-content-length", str(size_bytes))
    given = [each.strip() for line in sent(ctx, "if-none-match") for each in line.split(",")]
    known = "*" in given or etag in (each.removeprefix("W/") for each in given)
    if known:
        respond_well_with("x-http-code", "304")
    return known
