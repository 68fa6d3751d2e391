"""What the Python client makes of a failed call."""

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client.errors import JobFailed, from_rpc
from services.common.errors import AppError, FieldMistake, all_errors, to_status

Code = grpc.StatusCode


def failure(code: grpc.StatusCode, details: str, status: bytes | None = None) -> AioRpcError:
    trailing = Metadata()
    if status is not None:
        trailing.add("grpc-status-details-bin", status)
    return AioRpcError(code, Metadata(), trailing, details=details)


@pytest.mark.parametrize("kind", list(all_errors()), ids=lambda kind: kind.code)
def test_every_error_of_the_api_keeps_its_code_words_and_details(kind: type[AppError]) -> None:
    told = kind("Words.", retry_after_seconds=2.5, fields=[FieldMistake("prompt", "is required")])
    raised = failure(kind.grpc_code, "Words.", to_status(told).SerializeToString())
    error = from_rpc(raised, "request-1", "http://api:80")
    assert (error.code, error.message, error.grpc_code) == (kind.code, "Words.", kind.grpc_code)
    assert error.retry_after_seconds == 2.5
    assert [(one.field, one.message) for one in error.fields] == [("prompt", "is required")]
    assert error.request_id == "request-1"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            Code.UNAVAILABLE,
            ("NETWORK_ERROR", "The API cannot be reached. It was tried at http://api:80."),
        ),
        (
            Code.DEADLINE_EXCEEDED,
            ("TIMEOUT", "The API did not answer in time. It was tried at http://api:80."),
        ),
        (Code.UNIMPLEMENTED, ("UNIMPLEMENTED", "text of a proxy")),
    ],
)
@pytest.mark.parametrize("status", [None, b"", b"\xff broken"])
def test_a_failure_that_is_not_the_apis_is_named_for_what_it_means(
    code: grpc.StatusCode, expected: tuple[str, str], status: bytes | None
) -> None:
    error = from_rpc(failure(code, "text of a proxy", status), "request-1", "http://api:80")
    assert (error.code, error.message) == expected


def test_a_failed_job_has_the_code_of_its_error_and_a_cancelled_one_its_own() -> None:
    failed = pb.WatchJobResponse(error=pb.JobError(code="MODERATION_BLOCKED", message="No."))
    cancelled = pb.WatchJobResponse(status="cancelled", message="Job cancelled")
    assert (JobFailed(failed).code, str(JobFailed(failed))) == ("MODERATION_BLOCKED", "No.")
    assert (JobFailed(cancelled).code, str(JobFailed(cancelled))) == (
        "JOB_CANCELLED",
        "Job cancelled",
    )
