"""What an attempt could not make, while it made the rest."""

from dataclasses import dataclass, field

from services.common.errors import AppError
from services.jobs.values import Failure


@dataclass(kw_only=True, slots=True)
class Shortfall:
    """Why masters, by number, and targets, by id, are missing."""

    masters: dict[int, AppError] = field(default_factory=dict)
    targets: dict[str, AppError] = field(default_factory=dict)

    @property
    def error(self) -> AppError | None:
        """The error that decides what becomes of the job: one that may pass, if there is one."""
        errors = [*self.masters.values(), *self.targets.values()]
        passing = (error for error in errors if error.retryable)
        return next(passing, errors[0] if errors else None)


def failure_of(error: AppError) -> Failure:
    """Return what people are told about an error."""
    return Failure(code=error.code, message=error.message, retryable=error.retryable)
