"""The whole stack, real processes on free ports, started once for all end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.forks import ForkServer
from deploy.local.keys import local_key
from deploy.local.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is var/ to a reader of the pages, with the API key that they make."""
    folder: Path = tmp_path_factory.mktemp("stack")
    local_key(folder, "importer", ["jobs"])
    return folder


@pytest.fixture(scope="session")
def stack(stack_folder: Path, forks: ForkServer) -> Iterator[Stack]:
    """A running, healthy stack whose limits no test meets by accident."""
    environ = {
        "RATE_LIMIT_REQUESTS": "100000/minute",
        "RATE_LIMIT_JOBS": "100000/minute",
        "WEBHOOK_TIMEOUT_SECONDS": "2",
        "STANDIN_SWITCHES": "care=low",
    }
    with running_stack(stack_folder, environ=environ, forks=forks) as running:
        yield running
