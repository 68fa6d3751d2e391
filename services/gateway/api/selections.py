"""Reads which jobs a list is to show."""

from collections.abc import Iterator

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake
from services.common.times import MOMENT_RULE, moment_of
from services.gateway.api.bounds import mistakes, value_or_fallback
from services.gateway.api.requests import batch_id, refuse
from services.jobs.selection import Selection
from services.jobs.values import Status


def selected(request: pb.ListJobsRequest, owner: str) -> Selection:
    """Return what a request selects. Raises InvalidRequest naming every mistake."""
    refuse([*mistakes(request), *_no_such_day(request)])
    return Selection(
        owner=owner,
        status=Status(request.status) if request.status else None,
        created_from=moment_of(request.created_after),
        created_before=moment_of(request.created_before),
        platform=request.platform,
        batch_id=batch_id(request.batch_id) if request.batch_id else "",
        oldest_first=value_or_fallback(request, "sort") == "oldest",
    )


def _no_such_day(request: pb.ListJobsRequest) -> Iterator[FieldMistake]:
    for name, text in (
        ("createdAfter", request.created_after),
        ("createdBefore", request.created_before),
    ):
        if text and moment_of(text) is None:
            yield FieldMistake(name, MOMENT_RULE)
