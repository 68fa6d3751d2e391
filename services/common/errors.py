"""Every error that a caller can meet: its gRPC code, its code in the API guide and its message.

    AppError
    ├── InvalidRequest ── PayloadTooLarge
    ├── Unauthorized
    ├── Forbidden
    ├── NotFound ── JobNotFound, BatchNotFound, GenerationNotFound, MasterNotFound,
    │               RenditionNotFound, UploadNotFound, ImageNotFound, PageNotFound,
    │               ObjectNotFound, WebhookNotFound, DeliveryNotFound
    ├── RangeNotSatisfiable
    ├── Conflict ── IdempotencyConflict, GenerationFull, JobNotRetryable, JobNotCancellable,
    │               UploadInUse, WebhookExists, WebhookLimitReached, WebhookDisabled
    ├── LimitExceeded ── RateLimitExceeded, JobLimitExceeded, BudgetExceeded, UploadSpaceExceeded
    ├── Refused ── ModerationBlocked, ProviderKeyRejected, ProviderQuotaExceeded,
    │              ProviderRejectedRequest, ProviderBadAnswer, PurchaseUncertain, ModelUnavailable
    ├── Unavailable ── QueueFull, Busy, StorageFull, SigningUnavailable, ProviderUnavailable,
    │                  ProviderRateLimited
    ├── DeadlineExceeded ── RequestTimeout
    └── InternalError

Raise one of these anywhere; `interceptors.py` answers with them, and `rpc_errors.py` has their
form between our services. The message is shown to the caller, so it never comes from a library.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import grpc

Code = grpc.StatusCode


@dataclass(frozen=True, slots=True)
class FieldMistake:
    """What is wrong with one field of a request, by its JSON path, such as `platforms[1]`."""

    field: str
    message: str


class AppError(Exception):
    """Base of all errors that a caller may see.

    `code` is stable and documented; `title` is the guide's `error`; `retryable` says whether the
    same request may succeed later, and `retry_after_seconds` when, if that is known; `facts` go
    into google.rpc.ErrorInfo.metadata. `http_status` is set where it differs from the one to which
    Envoy maps the gRPC code.
    """

    grpc_code: ClassVar[grpc.StatusCode] = Code.INTERNAL
    code: ClassVar[str] = "INTERNAL_ERROR"
    title: ClassVar[str] = "Internal server error"
    retryable: ClassVar[bool] = False
    http_status: ClassVar[int | None] = None

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        fields: Sequence[FieldMistake] = (),
        facts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_seconds = retry_after_seconds
        self.fields = tuple(fields)
        self.facts = dict(facts or {})
        self.unanswered = False
        """True when a peer fell silent: it may or may not have done what it was asked to do."""


class InvalidRequest(AppError):
    """The request can never succeed as it is."""

    grpc_code, code, title = Code.INVALID_ARGUMENT, "INVALID_REQUEST", "Invalid request"


class PayloadTooLarge(InvalidRequest):
    """The body is too long."""

    code, title, http_status = "PAYLOAD_TOO_LARGE", "Payload too large", 413


class Unauthorized(AppError):
    """Credentials are missing, wrong or expired."""

    grpc_code, code, title = Code.UNAUTHENTICATED, "UNAUTHORIZED", "Unauthorized"


class Forbidden(AppError):
    """The caller is known but may not do this."""

    grpc_code, code, title = Code.PERMISSION_DENIED, "FORBIDDEN", "Forbidden"


class NotFound(AppError):
    """It does not exist, or it is not the caller's."""

    grpc_code, code, title = Code.NOT_FOUND, "NOT_FOUND", "Not found"


class JobNotFound(NotFound):
    """No such job, or another owner's."""

    code, title = "JOB_NOT_FOUND", "Job not found"


class BatchNotFound(NotFound):
    """No such batch, or another owner's."""

    code, title = "BATCH_NOT_FOUND", "Batch not found"


class GenerationNotFound(NotFound):
    """No such generation, or another owner's."""

    code, title = "GENERATION_NOT_FOUND", "Generation not found"


class MasterNotFound(NotFound):
    """The generation has no such master."""

    code, title = "MASTER_NOT_FOUND", "Master not found"


class RenditionNotFound(NotFound):
    """The generation has no such rendition."""

    code, title = "RENDITION_NOT_FOUND", "Rendition not found"


class UploadNotFound(NotFound):
    """No such upload, an expired one or another owner's."""

    code, title = "UPLOAD_NOT_FOUND", "Upload not found"


class ImageNotFound(NotFound):
    """No image has this path."""

    code, title = "IMAGE_NOT_FOUND", "Image not found"


class PageNotFound(NotFound):
    """No page has this path."""

    code, title = "PAGE_NOT_FOUND", "Page not found"


class ObjectNotFound(NotFound):
    """Storage holds no object under this key."""

    code, title = "OBJECT_NOT_FOUND", "Object not found"


class WebhookNotFound(NotFound):
    """No such webhook, or another owner's."""

    code, title = "WEBHOOK_NOT_FOUND", "Webhook not found"


class DeliveryNotFound(NotFound):
    """The webhook has no such delivery, or it was too long ago."""

    code, title = "DELIVERY_NOT_FOUND", "Delivery not found"


class RangeNotSatisfiable(AppError):
    """The requested range begins past the end of the object."""

    grpc_code, code, title = Code.OUT_OF_RANGE, "RANGE_NOT_SATISFIABLE", "Range not satisfiable"
    http_status = 416


class Conflict(AppError):
    """The request conflicts with the current state."""

    grpc_code, code, title = Code.ABORTED, "CONFLICT", "Conflict"


class IdempotencyConflict(Conflict):
    """The Idempotency-Key was already used with a different body."""

    code, title = "IDEMPOTENCY_CONFLICT", "Idempotency conflict"


class GenerationFull(Conflict):
    """The generation has as many renditions as it may have."""

    code, title = "GENERATION_FULL", "Generation is full"


class JobNotRetryable(Conflict):
    """There is nothing left to make, or the job has not ended."""

    code, title = "JOB_NOT_RETRYABLE", "Job cannot be retried"


class JobNotCancellable(Conflict):
    """The job has ended."""

    code, title = "JOB_NOT_CANCELLABLE", "Job cannot be cancelled"


class UploadInUse(Conflict):
    """A job that has not ended uses the upload."""

    code, title = "UPLOAD_IN_USE", "Upload in use"


class WebhookExists(Conflict):
    """The owner already has a webhook with this address."""

    code, title = "WEBHOOK_EXISTS", "Webhook exists"


class WebhookLimitReached(Conflict):
    """The owner has as many webhooks as are allowed."""

    code, title = "WEBHOOK_LIMIT_REACHED", "Too many webhooks"


class WebhookDisabled(Conflict):
    """The webhook answered 410 Gone, and is told nothing until it takes a test."""

    code, title = "WEBHOOK_DISABLED", "Webhook is disabled"


class LimitExceeded(AppError):
    """The caller has used up an allowance."""

    grpc_code, code, title = Code.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED", "Limit exceeded"
    retryable = True


class RateLimitExceeded(LimitExceeded):
    """Too many requests within the window."""

    code, title = "RATE_LIMIT_EXCEEDED", "Too many requests"


class JobLimitExceeded(LimitExceeded):
    """Too many unfinished jobs."""

    code, title = "JOB_LIMIT_EXCEEDED", "Too many jobs"


class BudgetExceeded(LimitExceeded):
    """The owner's images have cost all that the operator allows for this month."""

    code, title = "BUDGET_EXCEEDED", "Budget used up"


class UploadSpaceExceeded(LimitExceeded):
    """The owner's uploads take all the space that the operator allows."""

    code, title = "UPLOAD_SPACE_EXCEEDED", "Space for uploads used up"


class Refused(AppError):
    """Repeating the same request cannot help."""

    grpc_code, code, title = Code.FAILED_PRECONDITION, "REFUSED", "Refused"


class ModerationBlocked(Refused):
    """The image model's safety system refused the prompt."""

    code, title = "MODERATION_BLOCKED", "Blocked by moderation"


class ProviderKeyRejected(Refused):
    """The image API did not accept our key."""

    code, title = "PROVIDER_KEY_REJECTED", "Image API key rejected"


class ProviderQuotaExceeded(Refused):
    """The account at the image API has no credit left."""

    code, title = "PROVIDER_QUOTA_EXCEEDED", "Image API quota exceeded"


class ProviderRejectedRequest(Refused):
    """The image API rejected the request as invalid."""

    code, title = "PROVIDER_REJECTED_REQUEST", "Image API rejected the request"


class ProviderBadAnswer(Refused):
    """The image API charged for the call and returned no image that we can read."""

    code, title = "PROVIDER_BAD_ANSWER", "Image API answered without an image"


class PurchaseUncertain(Refused):
    """The image may have been paid for, so it is bought again only when someone asks for that."""

    code, title = "PURCHASE_UNCERTAIN", "Purchase uncertain"


class ModelUnavailable(Refused):
    """None of the configured image models exists any more."""

    code, title = "MODEL_UNAVAILABLE", "Image model unavailable"


class Unavailable(AppError):
    """A part that the request needs is not answering at the moment."""

    grpc_code, code, title = Code.UNAVAILABLE, "SERVICE_UNAVAILABLE", "Service unavailable"
    retryable = True


class QueueFull(Unavailable):
    """The queue is full."""

    code, title = "QUEUE_FULL", "Queue is full"


class Busy(Unavailable):
    """The service has all the work that it can take on."""

    code, title = "SERVICE_BUSY", "Service busy"


class StorageFull(Unavailable):
    """There is no room left to store anything."""

    code, title = "STORAGE_FULL", "Storage is full"


class SigningUnavailable(Unavailable):
    """Images must be signed here, and cannot be at the moment."""

    code, title = "SIGNING_UNAVAILABLE", "Signing unavailable"


class ProviderUnavailable(Unavailable):
    """The image API does not answer, or answers with a fault of its own."""

    code, title = "PROVIDER_UNAVAILABLE", "Image API unavailable"


class ProviderRateLimited(Unavailable):
    """The image API asked us to slow down."""

    code, title = "PROVIDER_RATE_LIMITED", "Image API rate limit"


class DeadlineExceeded(AppError):
    """The work was not done in the time allowed."""

    grpc_code, code, title = Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "Deadline exceeded"
    retryable = True


class RequestTimeout(DeadlineExceeded):
    """The request did not arrive in time."""

    code, title, http_status = "REQUEST_TIMEOUT", "Request timeout", 408


class InternalError(AppError):
    """A mistake of ours. Its message names no cause; the request id leads to the log."""

    retryable = True


def all_errors(root: type[AppError] = AppError) -> Iterator[type[AppError]]:
    """Yield every class below `root`, parents first."""
    for kind in root.__subclasses__():
        yield kind
        yield from all_errors(kind)
