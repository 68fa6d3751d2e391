"""LiteLLM's proxy and its stacks are started once, for all trials."""

import asyncio
from collections.abc import Mapping

import pytest

from deploy.local.forks import ForkServer
from tests.litellm.trials import End, run_trials
from tests.servers.litellm import PROGRAM


@pytest.fixture(scope="session")
def ends(
    tmp_path_factory: pytest.TempPathFactory, forks: ForkServer
) -> Mapping[tuple[str, str], End]:
    """How every trial has ended, by shop and name."""
    if not PROGRAM.exists():
        pytest.skip("LiteLLM's proxy is not installed; `make test-litellm` installs it")
    return asyncio.run(run_trials(tmp_path_factory.mktemp("litellm"), forks))
