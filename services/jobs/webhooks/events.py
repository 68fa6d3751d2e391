"""What webhooks can be told."""

from collections.abc import Mapping
from enum import StrEnum

from services.jobs.values import Status


class Event(StrEnum):
    """The types of messages."""

    JOB_COMPLETED = "job.completed"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    RENDITION_COMPLETED = "rendition.completed"
    TEST = "webhook.test"
    """Sent only when it is asked for."""


ENDS: Mapping[Status, Event] = {
    Status.COMPLETED: Event.JOB_COMPLETED,
    Status.FAILED: Event.JOB_FAILED,
    Status.CANCELLED: Event.JOB_CANCELLED,
}
"""What is told of a job that ends. It is told again if a retry of the job ends, too."""

CHOICES = (*ENDS.values(), Event.RENDITION_COMPLETED)
"""What a webhook may ask for."""
