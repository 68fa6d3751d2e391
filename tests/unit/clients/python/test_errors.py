"""What the Python client makes of a failed call."""

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from grpc.aio import AioRpcError, Metadata
from snapasset.gateway.v1 import jobs_pb2 as pb

from clients.python.snapasset_client.errors import JobFailed, from_rpc
from services.common.errors import AppError, FieldMistake, RateLimitExceeded, all_errors
from services.common.rpc_errors import to_status

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


@pytest.mark.parametrize(
    ("seconds", "expected"), [(2**62, 2**62), (-(2**62), 0), (-1, 0), (0, 0), (7, 7)]
)
def test_a_time_to_wait_is_never_negative(seconds: int, expected: int) -> None:
    status = to_status(RateLimitExceeded("Slow.", retry_after_seconds=1))
    for detail in status.details:
        if detail.TypeName() == error_details_pb2.RetryInfo.DESCRIPTOR.full_name:
            detail.Pack(error_details_pb2.RetryInfo(retry_delay=Duration(seconds=seconds)))
    failed = failure(Code.RESOURCE_EXHAUSTED, "Slow.", status.SerializeToString())
    assert from_rpc(failed, "request-1", "http://api:80").retry_after_seconds == expected


def test_details_that_cannot_be_read_are_none() -> None:
    status = to_status(RateLimitExceeded("Slow.", retry_after_seconds=1))
    for detail in status.details:
        detail.value = b"\xff"
    failed = failure(Code.RESOURCE_EXHAUSTED, "Slow.", status.SerializeToString())
    error = from_rpc(failed, "request-1", "http://api:80")
    assert (error.code, error.retry_after_seconds) == ("RESOURCE_EXHAUSTED", None)


def test_what_a_server_says_is_printable_in_every_part() -> None:
    hostile = "\x1b[2J\u202e\n"
    told = RateLimitExceeded(hostile, fields=[FieldMistake(hostile, hostile)])
    failed = failure(Code.RESOURCE_EXHAUSTED, hostile, to_status(told).SerializeToString())
    error = from_rpc(failed, "request-1", "http://api:80")
    [field] = error.fields
    for text in (str(error), error.message, error.code, field.field, field.message):
        assert text.isprintable()


def test_a_failed_job_has_the_code_of_its_error_and_a_cancelled_one_its_own() -> None:
    failed = pb.WatchJobResponse(error=pb.JobError(code="MODERATION_BLOCKED", message="No."))
    cancelled = pb.WatchJobResponse(status="cancelled", message="Job cancelled")
    assert (JobFailed(failed).code, str(JobFailed(failed))) == ("MODERATION_BLOCKED", "No.")
    assert (JobFailed(cancelled).code, str(JobFailed(cancelled))) == (
        "JOB_CANCELLED",
        "Job cancelled",
    )
