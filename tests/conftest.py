"""What holds for all tests: with CI=true nothing may be skipped."""

import os
from collections.abc import Generator
from typing import TypeVar

import hypothesis
import pytest

# A machine that has much to do is no fault of ours.
hypothesis.settings.register_profile("ours", deadline=None)
hypothesis.settings.load_profile("ours")

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)

ALLOWED = os.environ.get("CI") != "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one on CI; elsewhere `-ra` lists it with its reason."""
    report = yield
    return report if ALLOWED or hasattr(report, "wasxfail") else _failed(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same with a skipped file."""
    report = yield
    return report if ALLOWED else _failed(report)


def _failed(report: R) -> R:
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"CI does not allow to skip: {report.longrepr}"
    return report
