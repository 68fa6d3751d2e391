"""What is bought becomes metrics whose labels nobody outside can multiply."""

from dataclasses import replace

from prometheus_client import CollectorRegistry

from services.common.assets import ProviderCall
from services.common.telemetry import Telemetry
from services.jobs.spend.prices import read_prices
from services.worker.observing import MeteredSpending, Observing

CALL = ProviderCall(
    request_id="req-1",
    model="gpt-image-2-2026-09-08",
    outcome="ok",
    input_tokens=10,
    output_tokens=1000,
    stand_in=False,
    cost_micros=40_050,
)


class Books:
    """Remembers what was noted."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, ProviderCall]] = []

    def note(self, owner: str, call: ProviderCall) -> None:
        """See ports.Spending."""
        self.noted.append((owner, call))


def test_calls_tokens_and_spend_are_counted_by_the_row_of_the_price_table() -> None:
    books, registry = Books(), CollectorRegistry()
    spending = MeteredSpending(books, read_prices(["gpt-image-2=5/40"]), registry)
    spending.note("alice", CALL)
    spending.note("alice", replace(CALL, outcome="MODERATION_BLOCKED", cost_micros=0))
    assert [owner for owner, _ in books.noted] == ["alice", "alice"]
    model = {"model": "gpt-image-2"}
    value = registry.get_sample_value
    assert value("snapasset_provider_calls_total", {**model, "outcome": "ok"}) == 1
    blocked = {**model, "outcome": "MODERATION_BLOCKED"}
    assert value("snapasset_provider_calls_total", blocked) == 1
    assert value("snapasset_provider_tokens_total", {**model, "kind": "input"}) == 20
    assert value("snapasset_provider_tokens_total", {**model, "kind": "output"}) == 2000
    assert value("snapasset_spend_usd_total", model) == 0.04005


def test_names_that_a_provider_makes_up_share_one_label() -> None:
    registry = CollectorRegistry()
    spending = MeteredSpending(Books(), read_prices(["gpt-image-2=5/40"]), registry)
    for number in range(50):
        spending.note("alice", replace(CALL, model=f"m-{number}", outcome=f"o-{number}"))
    other = {"model": "other", "outcome": "other"}
    assert registry.get_sample_value("snapasset_provider_calls_total", other) == 50
    assert registry.get_sample_value("snapasset_spend_usd_total", {"model": "other"})


def test_a_step_that_fails_is_timed_too() -> None:
    telemetry = Telemetry()
    observing = Observing(telemetry)
    for name, fault in (("cut", None), ("cut", KeyError("x"))):
        try:
            with observing.step(name):
                if fault:
                    raise fault
        except KeyError:
            pass
    sample = telemetry.registry.get_sample_value
    assert sample("snapasset_job_step_seconds_count", {"step": "cut"}) == 2
