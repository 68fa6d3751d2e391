from services.common.telemetry import Telemetry
from services.worker.observing import Observing


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
