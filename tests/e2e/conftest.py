"""The whole stack, real processes on free ports, started once for all end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running, healthy stack whose limits no test meets by accident."""
    folder: Path = tmp_path_factory.mktemp("stack")
    environ = {"RATE_LIMIT_REQUESTS": "100000/minute", "RATE_LIMIT_JOBS": "100000/minute"}
    with running_stack(folder, environ=environ) as running:
        yield running
