"""One cluster with nodes for all tests, and in it one overlay after the other."""

import os
from collections.abc import Iterator

import pytest

from tests.cluster.api_server import CannotRun, build, cache_folder
from tests.cluster.nodes import dev, production
from tests.cluster.nodes.cluster import NodeCluster, require_a_machine, running_nodes
from tests.cluster.nodes.image_api import start_image_api
from tests.cluster.nodes.images import addon_archive, keda_archive, our_archive
from tests.cluster.nodes.installed import Installed
from tests.cluster.nodes.keda import build_keda, install_keda
from tests.cluster.nodes.programs import POD_PROGRAMS, PROGRAMS
from tests.cluster.nodes.prometheus import PROGRAM, Prometheus, install_prometheus
from tests.cluster.nodes.scraped import told_targets
from tests.containers.engine import NoEngine
from tests.servers.go_programs import NoProgram

FIGURES = pytest.StashKey[list[str]]()
OVERLAYS = {"dev": dev.install, "production": production.install}


@pytest.fixture(scope="session")
def nodes() -> Iterator[NodeCluster]:
    """A cluster with nodes; skips where none can be made."""
    programs = cache_folder()
    try:
        require_a_machine()
        build(programs, PROGRAMS)
        build(programs, POD_PROGRAMS, static=True)
        build_keda(programs)
        images = (addon_archive(programs), keda_archive(programs), our_archive(programs.parent))
    except (CannotRun, NoEngine, NoProgram) as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    with running_nodes(programs, images) as running:
        start_image_api(running)
        yield running


@pytest.fixture(scope="session", params=OVERLAYS)
def installed(request: pytest.FixtureRequest, nodes: NodeCluster) -> Iterator[Installed]:
    """An overlay that is up; it goes, with its namespaces, before the next one comes."""
    running = OVERLAYS[request.param](nodes)
    yield running
    running.remove()


@pytest.fixture(scope="session")
def prometheus(nodes: NodeCluster) -> Iterator[Prometheus]:
    """A Prometheus that scrapes SnapAsset and knows its alerts."""
    if not PROGRAM.exists():
        pytest.skip(f"there is no {PROGRAM}; Debian's package prometheus has it")
    with told_targets(nodes) as targets_url:
        yield install_prometheus(nodes, targets_url)


@pytest.fixture(scope="session")
def keda(nodes: NodeCluster, prometheus: Prometheus) -> None:
    """KEDA, which asks that Prometheus."""
    assert prometheus.url
    install_keda(nodes)


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> list[str]:
    """Sentences with what was measured, for docs/operations.md; they are shown at the end."""
    return pytestconfig.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the figures."""
    for figure in config.stash.get(FIGURES, []):
        terminalreporter.write_line(figure)
