"""Whether a call to the image API was charged, as the generator reports it."""

from snapasset.generator.v1 import generator_pb2 as gen

from services.common import errors
from services.common.charge import Charge

_TOLD = {
    gen.CHARGE_NOT_CHARGED: Charge.NOT_CHARGED,
    gen.CHARGE_CHARGED: Charge.CHARGED,
    gen.CHARGE_UNKNOWN: Charge.UNKNOWN,
}
_BY_OUTCOME = {
    "ok": Charge.CHARGED,
    errors.ProviderBadAnswer.code: Charge.CHARGED,
    errors.ModerationBlocked.code: Charge.NOT_CHARGED,
    errors.ProviderKeyRejected.code: Charge.NOT_CHARGED,
    errors.ProviderQuotaExceeded.code: Charge.NOT_CHARGED,
    errors.ProviderRejectedRequest.code: Charge.NOT_CHARGED,
    errors.ProviderRateLimited.code: Charge.NOT_CHARGED,
    errors.ModelUnavailable.code: Charge.NOT_CHARGED,
}
"""What the outcome of a call implies if a generator of an earlier version says no more."""


def charge_of(call: gen.ProviderCall) -> Charge:
    """Return whether `call` was charged."""
    return _TOLD.get(call.charge) or _BY_OUTCOME.get(call.outcome, Charge.UNKNOWN)
