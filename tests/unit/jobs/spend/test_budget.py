from services.jobs.spend.budget import Budget


def test_whoever_has_spent_the_budget_hears_when_the_next_month_begins() -> None:
    refusal = Budget(40_000).refusal()
    assert "$0.04" in refusal.message
    assert refusal.retry_after_seconds
    assert 0 < refusal.retry_after_seconds <= 31 * 24 * 3600
