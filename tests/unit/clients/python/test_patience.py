"""When the Python client tries again."""

import grpc
import pytest

from clients.python.snapasset_client.errors import NETWORK_ERROR, STREAM_ENDED, SnapAssetError
from clients.python.snapasset_client.patience import Patience

Code = grpc.StatusCode
PATIENCE = Patience(backoff_seconds=1, max_wait_seconds=60)


def error(
    code: grpc.StatusCode | None, name: str = "ANY", retry_after_seconds: float | None = None
) -> SnapAssetError:
    return SnapAssetError(
        "Words.", code=name, grpc_code=code, retry_after_seconds=retry_after_seconds
    )


@pytest.mark.parametrize(
    ("failed", "repeatable", "other"),
    [
        (error(Code.RESOURCE_EXHAUSTED, retry_after_seconds=7), 7, 7),
        (error(Code.UNAVAILABLE, retry_after_seconds=7), 7, 7),
        (error(Code.RESOURCE_EXHAUSTED, retry_after_seconds=900), None, None),
        (error(Code.RESOURCE_EXHAUSTED), None, None),  # a message that gRPC finds too long
        (error(Code.UNAVAILABLE, NETWORK_ERROR), pytest.approx(0.75, abs=0.25), None),
        (error(Code.DEADLINE_EXCEEDED, "TIMEOUT"), pytest.approx(0.75, abs=0.25), None),
        (error(Code.UNAUTHENTICATED, "UNAUTHORIZED"), None, None),
        (error(Code.INTERNAL, "INTERNAL_ERROR"), None, None),
    ],
)
def test_only_what_the_api_has_not_begun_or_may_be_repeated_is_tried_again(
    failed: SnapAssetError, repeatable: object, other: object
) -> None:
    assert PATIENCE.pause_before(failed, 1, repeatable=True) == repeatable
    assert PATIENCE.pause_before(failed, 1, repeatable=False) == other


@pytest.mark.parametrize(
    "failed",
    [error(Code.INTERNAL), error(Code.UNKNOWN), error(None, STREAM_ENDED), error(Code.UNAVAILABLE)],
)
def test_a_broken_stream_is_opened_anew_a_bounded_number_of_times(failed: SnapAssetError) -> None:
    pauses = [PATIENCE.pause_before_stream(failed, failures) for failures in range(1, 12)]
    assert all(pause and pause <= 15 for pause in pauses[:10])
    assert pauses[10] is None


def test_a_refused_stream_is_not_opened_again() -> None:
    assert PATIENCE.pause_before_stream(error(Code.NOT_FOUND), 1) is None
