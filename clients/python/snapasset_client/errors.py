"""All that can go wrong, as one class: the API's list of codes is open, so callers compare `code`.

SnapAssetError
└── JobFailed       the calls succeeded, the job did not
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2
from snapasset.gateway.v1 import jobs_pb2 as pb

from . import words
from .printable import printable

T = TypeVar("T", bound=Message)

NETWORK_ERROR = "NETWORK_ERROR"
TIMEOUT = "TIMEOUT"
STREAM_ENDED = "STREAM_ENDED"
BAD_ANSWER = "BAD_ANSWER"
"""Codes of ours, for when the API did not answer, or not as it should; JavaScript has the same."""

INVALID_REQUEST = "INVALID_REQUEST"
"""The API's own code, for what is refused before it is sent."""

_BARE = {
    grpc.StatusCode.UNAVAILABLE: (NETWORK_ERROR, words.UNREACHABLE),
    grpc.StatusCode.DEADLINE_EXCEEDED: (TIMEOUT, words.TOO_SLOW),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldMistake:
    """What is wrong with one field of a request."""

    field: str
    message: str


class SnapAssetError(Exception):
    """The API refused, failed or did not answer.

    Its texts are printable, whoever wrote them. `grpc_code` is None if there was no call, and
    `retry_after_seconds` if no time was named.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        grpc_code: grpc.StatusCode | None = None,
        request_id: str = "",
        retry_after_seconds: float | None = None,
        fields: Sequence[FieldMistake] = (),
    ) -> None:
        self.message = printable(message)
        super().__init__(self.message)
        self.code = printable(code)
        self.grpc_code = grpc_code
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds
        self.fields = tuple(fields)


class JobFailed(SnapAssetError):
    """A job ended as failed or cancelled; `event` is its last one."""

    def __init__(self, event: pb.WatchJobResponse) -> None:
        failed = event.HasField("error")
        super().__init__(
            event.error.message if failed else event.message,
            code=event.error.code if failed else "JOB_CANCELLED",
        )
        self.event = event


def from_rpc(failure: grpc.aio.AioRpcError, request_id: str, tried: str) -> SnapAssetError:
    """Return the error that the API raised, or what a bare gRPC code means; `tried` says where."""
    details = _details(failure)
    info = _unpacked(details, error_details_pb2.ErrorInfo())
    if info is None:
        usual = (failure.code().name, failure.details() or failure.code().name)
        code, message = _BARE.get(failure.code(), usual)
        if failure.code() in _BARE:
            message = f"{message} It was tried at {tried}."
        return SnapAssetError(message, code=code, grpc_code=failure.code(), request_id=request_id)
    retry = _unpacked(details, error_details_pb2.RetryInfo())
    bad = _unpacked(details, error_details_pb2.BadRequest()) or error_details_pb2.BadRequest()
    return SnapAssetError(
        failure.details() or info.reason,
        code=info.reason,
        grpc_code=failure.code(),
        request_id=request_id,
        retry_after_seconds=max(0, retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9)
        if retry
        else None,
        fields=[
            FieldMistake(field=printable(one.field), message=printable(one.description))
            for one in bad.field_violations
        ],
    )


def _details(failure: grpc.aio.AioRpcError) -> status_pb2.Status:
    for name, value in failure.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            try:
                return status_pb2.Status.FromString(bytes(value))  # type: ignore[arg-type]
            except DecodeError:
                break
    return status_pb2.Status()


def _unpacked(status: status_pb2.Status, into: T) -> T | None:
    """Return the first detail of this kind; None if there is none that can be read."""
    try:
        found = any(detail.Unpack(into) for detail in status.details)
    except DecodeError:
        return None
    return into if found else None
