"""What holds for all tests: what runs side by side, and with CI=true nothing may be skipped."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.local.forks import ForkServer, fork_server
from services.common.serve import spare_what_stays

# A machine that has much to do is no fault of ours.
hypothesis.settings.register_profile("ours", deadline=None)
hypothesis.settings.load_profile("ours")

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)

ALLOWED = os.environ.get("CI") != "true"

ROOT = Path(__file__).parent
SHARED = ("attack", "e2e/guide", "e2e/studio", "integration/envoy")
"""Folders whose files share what is slow to start: one worker runs them all. Elsewhere a file is
what one worker runs."""

SLOWEST_FIRST = ("e2e", "chaos", "litellm", "integration")
"""Folders whose tests begin first, so that no long one is left at the end; the servers that the
others want are being built with Go meanwhile."""

_MOST_WORKERS = 8


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run a test for each core and one more where tests compute (`logical`), two for each core and
    one more where most wait for other processes (`auto`)."""
    on_a_core = 1 if config.option.numprocesses == "logical" else 2
    return min(on_a_core * (os.cpu_count() or 1) + 1, _MOST_WORKERS)


class InRooms(LoadScopeScheduling):
    """Gives a worker a whole file, or a whole folder of SHARED."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in SHARED if f"{folder}/" in file), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InRooms:
    """Choose who decides which tests stay together."""
    return InRooms(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first that take longest."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(ROOT).parts[0]
    return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what has been imported and collected: it would go through all of
    it again and again, which took a fifteenth of the time of the unit tests, and find nothing."""
    spare_what_stays()


@pytest.fixture(scope="session")
def forks() -> Iterator[ForkServer | None]:
    """What starts our processes without importing everything anew for each: OpenAI's package, too,
    which a generator imports for its first purchase, and most of the tests' make one."""
    with fork_server("openai.resources.images") as server:
        yield server


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
