"""Whether a call to the image API was charged, as the generator tells it."""

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
"""What the outcome of a call tells where a generator of an earlier version tells nothing else."""


def charge_of(call: gen.ProviderCall) -> Charge:
    """Return how `call` ended, as far as money goes."""
    return _TOLD.get(call.charge) or _BY_OUTCOME.get(call.outcome, Charge.UNKNOWN)
