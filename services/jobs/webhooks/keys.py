"""The names of what the outbox keeps in Redis.

`functions/schedule.lua` and the scripts that include it know them too; what only they use is there
alone: each job's line at a target, the targets' jobs that are due or being sent, and two lanes.
"""

_OUTBOX = "snapasset:webhooks:"

PENDING = f"{_OUTBOX}pending"
"""Sorted set of all pending deliveries, `owner|webhook|message`, by when they were written (ms)."""

FAILURES = f"{_OUTBOX}failures"
"""Hash of the failed tries in a row by target, of those whose last try failed."""

SLOW = f"{_OUTBOX}slow"
"""Hash of the targets that were slow to take what they were last sent."""

MISSED = f"{_OUTBOX}missed"
"""How many deliveries were never written because too many were in line for their webhook."""

SOUND, FAILING = f"{_OUTBOX}lane:sound", f"{_OUTBOX}lane:failing"
"""Sorted sets of targets by when their next delivery is due (s): those whose last try, if there was
any, succeeded soon, and those whose last try failed or took long."""


def endpoints(owner: str) -> str:
    """Hash of an owner's webhooks, as JSON, by id."""
    return f"{_OUTBOX}endpoints:{owner}"


def signing(owner: str) -> str:
    """Hash with the secrets of an owner's default webhook, in the same form, by its id."""
    return f"{_OUTBOX}signing:{owner}"


def named(owner: str, webhook: str) -> str:
    """Return `owner|webhook`: no part of it can contain the bar."""
    return f"{owner}|{webhook}"


def missed(name: str) -> str:
    """Hash of how many deliveries a webhook has missed, and when the last one (ms)."""
    return f"{_OUTBOX}missed:{name}"


def pending(name: str) -> str:
    """Sorted set of the messages that a webhook has not taken yet; ids sort by age."""
    return f"{_OUTBOX}pending:{name}"


def ended(name: str) -> str:
    """Sorted set of the messages that a webhook has taken, or has failed to take for too long."""
    return f"{_OUTBOX}ended:{name}"


def delivery(name: str, message: str) -> str:
    """Hash of a delivery."""
    return f"{_OUTBOX}delivery:{name}|{message}"


def event(message: str) -> str:
    """Hash of what a message tells: the job as it was at that moment."""
    return f"{_OUTBOX}event:{message}"


def events(owner: str) -> str:
    """Sorted set of the messages about an owner's jobs."""
    return f"{_OUTBOX}events:{owner}"
