from datetime import UTC, datetime

import pytest
from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import InvalidRequest
from services.gateway.api.selections import selected
from services.jobs.selection import Selection
from services.jobs.values import Status


def test_every_filter_of_a_request_is_part_of_the_selection() -> None:
    request = pb.ListJobsRequest(
        status="failed",
        created_after="2026-11-26T12:00:00+01:00",
        created_before="2026-11-26T12:00:00.5Z",
        platform="poster",
        sort="oldest",
    )
    assert selected(request, "ada") == Selection(
        owner="ada",
        status=Status.FAILED,
        created_from=datetime(2026, 11, 26, 11, tzinfo=UTC),
        created_before=datetime(2026, 11, 26, 12, 0, 0, 500_000, tzinfo=UTC),
        platform="poster",
        oldest_first=True,
    )
    assert selected(pb.ListJobsRequest(), "ada") == Selection(owner="ada")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"created_after": "yesterday"}, "createdAfter"),
        ({"created_after": "2026-02-30T00:00:00Z"}, "createdAfter"),
        ({"created_before": "2026-11-26T12:00:00 01:00"}, "createdBefore"),
        ({"platform": "Instagram Post"}, "platform"),
        ({"sort": "best"}, "sort"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_named(wrong: dict[str, str], field: str) -> None:
    request = pb.ListJobsRequest(**wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest) as error:
        selected(request, "ada")
    assert [mistake.field for mistake in error.value.fields] == [field]
