"""Decides from earlier purchases whether a master may be bought once more."""

from dataclasses import dataclass, field

from services.common.charge import Charge
from services.common.errors import AppError, Busy, PurchaseUncertain
from services.jobs.spend.purchases import Entry

_SEARCHES = 8
"""How often a job looks for what it has paid for, over some minutes in all: another worker may have
it in its spool, and forwards it as soon as storage takes it."""

_ON_ITS_WAY = "The image is paid for and has not reached storage yet."
_LOST = (
    "The image was paid for and was lost on its way to storage. Retry the job to look for it "
    'again, or with {"buyAgain": true} to buy another.'
)
_UNKNOWN = (
    "The image API did not say how the purchase ended, so the image may have been paid for and is "
    'not bought again automatically. Retry the job with {"buyAgain": true} to buy another.'
)


@dataclass(kw_only=True, slots=True)
class Ledger:
    """What was bought for a job, and what may still be bought.

    `repeats` is how often a master may be bought again after an unknown outcome; `searches` is how
    often the job has looked for something; `buy_again` allows one more purchase; `bought_again`
    are the masters that were bought by such a permission.
    """

    entries: list[Entry] = field(default_factory=list)
    repeats: int = 1
    searches: int = 0
    buy_again: bool = False
    bought_again: list[int] = field(default_factory=list)

    def next_number(self, master: int) -> int:
        """Return the number of the next purchase of a master."""
        return max((one.number for one in self._of(master)), default=0) + 1

    def use_permission(self, master: int) -> None:
        """Record that a purchase of this master has begun, which uses up `buy_again`."""
        if self.buy_again:
            self.bought_again.append(master)
            self.buy_again = False

    def may_buy_after_answer(self, master: int) -> bool:
        """Return whether a master may be bought after a purchase brought an unreadable answer."""
        return self.buy_again or max(self._charged(master), 1) <= self._extra(master)

    def refusal(self, master: int, *, lost: bool = False) -> AppError | None:
        """Return why a master that cannot be found may not be bought, None if it may.

        `lost`: what was paid for is known to be lost, so it is no use looking for it.
        """
        if self.buy_again:
            return None
        charged, extra = self._charged(master), self._extra(master)
        if charged > extra:
            searching = not lost and self.searches < _SEARCHES
            return Busy(_ON_ITS_WAY) if searching else PurchaseUncertain(_LOST)
        uncertain = sum(entry.uncertain for entry in self._of(master))
        if charged + uncertain > self.repeats + extra:
            return PurchaseUncertain(_UNKNOWN)
        return None

    def _of(self, master: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.master == master]

    def _charged(self, master: int) -> int:
        return sum(entry.charge is Charge.CHARGED for entry in self._of(master))

    def _extra(self, master: int) -> int:
        return self.bought_again.count(master)
