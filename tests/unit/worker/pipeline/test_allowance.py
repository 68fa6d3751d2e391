"""The table of what may be bought behind what was bought before."""

import pytest

from services.common.charge import Charge
from services.common.errors import AppError, Busy, PurchaseUncertain
from services.jobs.spend.purchases import Entry
from services.worker.pipeline.allowance import Ledger

FREE, PAID, UNKNOWN, OPEN = Charge.NOT_CHARGED, Charge.CHARGED, Charge.UNKNOWN, None


def ledger(*charges: Charge | None, **more: int) -> Ledger:
    """Return a ledger of which master 1 has these purchases, and master 2 a paid one."""
    mine = [
        Entry(master=1, number=number, month="2026-11", estimate_micros=1, charge=charge)
        for number, charge in enumerate(charges, 1)
    ]
    others = [Entry(master=2, number=1, month="2026-11", estimate_micros=1, charge=PAID)]
    return Ledger(entries=mine + others, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "more", "refusal"),
    [
        ((), {}, None),
        ((FREE, FREE, FREE), {"repeats": 0}, None),
        ((UNKNOWN,), {}, None),
        ((OPEN,), {}, None),
        ((UNKNOWN,), {"repeats": 0}, PurchaseUncertain),
        ((OPEN,), {"repeats": 0}, PurchaseUncertain),
        ((UNKNOWN, FREE, OPEN), {}, PurchaseUncertain),
        ((UNKNOWN, UNKNOWN), {"repeats": 2}, None),
        ((PAID,), {"repeats": 9}, Busy),
        ((PAID,), {"repeats": 9, "searches": 8}, PurchaseUncertain),
        ((PAID,), {"bought_again": [1]}, None),
        ((PAID,), {"bought_again": [2]}, Busy),
        ((PAID, PAID), {"bought_again": [1], "searches": 8}, PurchaseUncertain),
        ((UNKNOWN, UNKNOWN), {"bought_again": [1]}, None),
        ((UNKNOWN, UNKNOWN, UNKNOWN), {"bought_again": [1]}, PurchaseUncertain),
        ((PAID, PAID), {"buy_again": True, "searches": 8}, None),
    ],
)
def test_what_may_be_bought(
    before: tuple[Charge | None, ...], more: dict[str, int], refusal: type[AppError] | None
) -> None:
    found = ledger(*before, **more).refusal(1)
    assert (type(found) if found else None) is refusal


def test_what_is_known_to_be_lost_is_not_looked_for() -> None:
    assert isinstance(ledger(PAID).refusal(1, lost=True), PurchaseUncertain)


def test_a_permission_is_used_up_by_one_purchase() -> None:
    known = ledger(UNKNOWN, UNKNOWN, buy_again=True)
    known.use_permission(1)
    assert (known.buy_again, known.bought_again) == (False, [1])
    known.use_permission(1)
    assert known.bought_again == [1]


def test_a_kept_answer_keeps_from_buying_even_if_the_books_have_forgotten_it() -> None:
    assert not ledger().may_buy_after_answer(1)
    assert ledger(PAID, bought_again=[1]).may_buy_after_answer(1)  # type: ignore[arg-type]
    assert ledger(PAID, buy_again=True).may_buy_after_answer(1)


def test_numbers_are_never_used_again() -> None:
    assert ledger().next_number(1) == 1
    assert ledger(FREE, OPEN).next_number(1) == 3
