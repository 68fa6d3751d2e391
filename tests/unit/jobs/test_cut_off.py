from services.jobs.cut_off import GIVEN_UP_SECONDS, GONE_SECONDS, LOOKED_FOR_SECONDS


def test_a_retry_looks_for_longer_than_a_cancelled_attempt_can_take() -> None:
    assert 0 < GIVEN_UP_SECONDS < GONE_SECONDS < LOOKED_FOR_SECONDS
