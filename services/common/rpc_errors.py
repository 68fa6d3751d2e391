"""Our errors as gRPC carries them, and back: the same class is raised on both sides of a call."""

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from services.common.errors import (
    AppError,
    Code,
    DeadlineExceeded,
    InternalError,
    Unavailable,
    all_errors,
)

ERROR_DOMAIN = "snapasset"
"""The `domain` of our google.rpc.ErrorInfo."""


def to_status(error: AppError) -> status_pb2.Status:
    """Return the google.rpc.Status that gRPC clients receive for `error`."""
    number: int = error.grpc_code.value[0]
    status = status_pb2.Status(code=code_pb2.Code.ValueType(number), message=error.message)
    facts = {**error.facts, "retryable": str(error.retryable).lower()}
    info = error_details_pb2.ErrorInfo(reason=error.code, domain=ERROR_DOMAIN, metadata=facts)
    status.details.add().Pack(info)
    if error.fields:
        bad = error_details_pb2.BadRequest()
        for mistake in error.fields:
            bad.field_violations.add(field=mistake.field, description=mistake.message)
        status.details.add().Pack(bad)
    if error.retry_after_seconds is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(int(error.retry_after_seconds * 1000))
        status.details.add().Pack(retry)
    return status


def from_rpc(failure: grpc.aio.AioRpcError, service: str) -> AppError:
    """Return the error that the peer raised, or what its bare gRPC code means.

    `service` names the peer in the message when the answer carries none of our errors.
    """
    status = rpc_status.from_call(failure)  # type: ignore[no-untyped-call]
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    for detail in status.details if status else ():
        detail.Unpack(info) or detail.Unpack(retry)
    delay = retry.retry_delay.ToMilliseconds() / 1000 if retry.HasField("retry_delay") else None
    for kind in all_errors():
        if info.domain == ERROR_DOMAIN and kind.code == info.reason:
            return kind(
                failure.details() or kind.title,
                retry_after_seconds=delay,
                facts={k: v for k, v in info.metadata.items() if k != "retryable"},
            )
    if failure.code() is Code.UNIMPLEMENTED:
        return InternalError(f"The {service} does not know this call; is it a different version?")
    silence: AppError = Unavailable(f"The {service} does not answer.")
    if failure.code() is Code.DEADLINE_EXCEEDED:
        silence = DeadlineExceeded(f"The {service} did not answer in time.")
    silence.unanswered = True
    return silence
