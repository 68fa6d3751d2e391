"""One API server for all tests, which knows the kinds of others."""

import os
from collections.abc import Iterator

import pytest

from tests.cluster.api_server import CannotRun, Cluster, build, cache_folder, running_cluster
from tests.cluster.kinds import definitions


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster without nodes; skips where it cannot be built."""
    programs = cache_folder()
    try:
        build(programs)
        files = definitions()
    except CannotRun as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    with running_cluster(programs, tmp_path_factory.mktemp("cluster")) as running:
        named = [word for file in files for word in ("-f", str(file))]
        done = running.kubectl("apply", "--server-side", *named)
        assert done.returncode == 0, done.stderr
        kinds = running.kubectl("wait", "--for=condition=Established", "--timeout=30s", *named)
        assert kinds.returncode == 0, kinds.stderr
        yield running
