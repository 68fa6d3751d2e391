"""What is bought becomes metrics whose labels nobody outside can multiply."""

from dataclasses import replace

from prometheus_client import CollectorRegistry

from services.common.charge import Charge
from services.jobs.spend.purchases import Intent, Outcome
from services.worker.spending import SpendMetrics
from tests.unit.worker.pipeline.faulty.painter import call

INTENT = Intent(owner="ada", job_id="gen-1", master=1, number=1, estimate_micros=50_000)
OK = call("req-1")


def test_calls_tokens_and_spend_are_counted_by_model() -> None:
    registry = CollectorRegistry()
    metrics = SpendMetrics(registry)
    blocked = replace(call("req-2", Charge.NOT_CHARGED), outcome="MODERATION_BLOCKED")
    metrics.settled(INTENT, Outcome(charge=Charge.CHARGED), [OK])
    metrics.settled(INTENT, Outcome(charge=Charge.NOT_CHARGED), [blocked])
    model, value = {"model": "gpt-image-2"}, registry.get_sample_value
    assert value("snapasset_provider_calls_total", {**model, "outcome": "ok"}) == 1
    outcome = {"outcome": "MODERATION_BLOCKED"}
    assert value("snapasset_provider_calls_total", {**model, **outcome}) == 1
    assert value("snapasset_provider_tokens_total", {**model, "kind": "input"}) == 20
    assert value("snapasset_provider_tokens_total", {**model, "kind": "output"}) == 2000
    assert value("snapasset_spend_usd_total", model) == 0.04
    assert value("snapasset_uncertain_purchases_total") == 0


def test_a_purchase_of_unknown_outcome_is_counted_with_its_estimate_and_not_as_spent() -> None:
    registry = CollectorRegistry()
    lost = call("req-1", Charge.UNKNOWN)
    SpendMetrics(registry).settled(INTENT, Outcome(charge=Charge.UNKNOWN), [lost])
    value = registry.get_sample_value
    assert value("snapasset_uncertain_purchases_total") == 1
    assert value("snapasset_uncertain_spend_usd_total") == 0.05
    assert value("snapasset_spend_usd_total", {"model": "gpt-image-2"}) is None


def test_outcomes_that_are_no_code_of_ours_share_one_label() -> None:
    registry = CollectorRegistry()
    calls = [replace(OK, outcome=f"o-{number}") for number in range(50)]
    SpendMetrics(registry).settled(INTENT, Outcome(charge=Charge.CHARGED), calls)
    other = {"model": "gpt-image-2", "outcome": "other"}
    assert registry.get_sample_value("snapasset_provider_calls_total", other) == 50
