"""Turns refusals of an image API, and faults on the way to it, into failed calls."""

import logging
import re
from collections.abc import Collection, Mapping

from services.common.charge import Charge
from services.common.errors import AppError, ProviderRejectedRequest, ProviderUnavailable
from services.generator.providers.openai.complaints import Complaint
from services.generator.providers.openai.faults import error_of, failure
from services.generator.providers.openai.outcomes import charge_of_answer, charge_of_error
from services.generator.providers.port import CallFailed, RawAnswer
from services.generator.web.charges import charge_of_fault
from services.generator.web.discreet import Discreet
from services.generator.web.waits import wait_seconds

logger = logging.getLogger(__name__)

_REFUSED = re.compile(
    r"unknown|unsupported|unexpected|unrecogni[sz]ed|invalid|extra|forbidden|no longer"
    r"|not (be )?(support|permit|allow|accept|recogni[sz]ed|valid)"
    r"|n't (be )?(support|permit|allow|accept)",
    re.IGNORECASE,
)
"""Words of a message that refuses a parameter by name."""


class Refusals:
    """Judges refusals and faults, and logs their text without the `secret`."""

    def __init__(self, secret: str) -> None:
        self._discreet = Discreet(secret)

    def of_answer(self, status: int, headers: Mapping[str, str], said: Complaint) -> CallFailed:
        """Return what an error answer means."""
        self._log_complaint(said, status)
        error = error_of(said, status)
        if error.retryable:
            error.retry_after_seconds = wait_seconds(headers, said.text)
        return CallFailed(error, charge_of_answer(status, said))

    def in_answer(
        self, said: Complaint, *, shown: bool = False, raw: RawAnswer | None = None
    ) -> CallFailed:
        """Return what an error in a successful answer means; `shown`: partial images came first."""
        self._log_complaint(said, None)
        error = error_of(said)
        if error.retryable:
            error.retry_after_seconds = wait_seconds({}, said.text)
        charge = charge_of_error(error, said, shown=shown)
        return CallFailed(error, charge, raw if charge is not Charge.NOT_CHARGED else None)

    def of_fault(self, fault: BaseException) -> CallFailed:
        """Return what an exception of the HTTP client means."""
        self.log(fault)
        return CallFailed(failure(ProviderUnavailable), charge_of_fault(fault))

    def log(self, fault: BaseException) -> None:
        """Log an exception of a library, whose text may hold everything that was sent."""
        text = self._discreet(f"{fault!r} from {fault.__cause__!r}")
        logger.warning("The call to the image API failed: %s", text)

    def _log_complaint(self, said: Complaint, status: int | None) -> None:
        facts = {
            "status": status,
            "provider_code": self._discreet(", ".join(said.names)),
            "provider_message": self._discreet(said.text),
        }
        logger.warning("The image API reported a fault", extra=facts)


def refused_parameters(error: AppError, said: Complaint, sent: Collection[str]) -> frozenset[str]:
    """Return those of the parameters `sent` that a refusal names."""
    if not isinstance(error, ProviderRejectedRequest):
        return frozenset()
    if named := said.params.intersection(sent):
        return frozenset(named)
    if not _REFUSED.search(said.text):
        return frozenset()
    words = set(re.findall(r"[a-z_]+", said.text.lower()))
    if "streaming" in words:
        words.add("stream")
    return frozenset(words.intersection(sent))
