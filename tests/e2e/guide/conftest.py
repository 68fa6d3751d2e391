"""The stacks and the JavaScript engines that the guide's examples run in."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack

import pytest

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from services.common.serve import CannotStart
from services.gateway.access.api_keys import new_key
from services.gateway.access.caller import Scope
from tests.e2e.guide.engine import ENGINES, Engine, missing, running_engine

GUIDE_PORT = 3001

NewOwner = Callable[[], str]


@pytest.fixture(scope="session")
def api_key() -> tuple[str, str]:
    """An API key, and what the gateway stores of it."""
    secret, stored = new_key("guide", [Scope.JOBS])
    return secret, stored.line


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, api_key: tuple[str, str], forks: ForkServer
) -> Iterator[Stack]:
    """A stack as the guide describes it: its port where that is free, its limits."""
    folder = tmp_path_factory.mktemp("guide")
    environ = {
        "GATEWAY_API_KEYS": api_key[1],
        "RATE_LIMIT_REQUESTS": "100/15 minutes",
        "RATE_LIMIT_JOBS": "20/hour",
        "STANDIN_SWITCHES": "care=low",
    }
    with ExitStack() as ends:
        try:
            running = ends.enter_context(
                running_stack(folder, port=GUIDE_PORT, environ=environ, forks=forks)
            )
        except CannotStart:  # another program has it
            running = ends.enter_context(
                running_stack(folder, port=0, environ=environ, forks=forks)
            )
        yield running


@pytest.fixture(scope="session")
def hasty_stack(tmp_path_factory: pytest.TempPathFactory, forks: ForkServer) -> Iterator[Stack]:
    """A stack whose limit is soon met and soon over: 15 minutes do not fit into a test."""
    environ = {"RATE_LIMIT_REQUESTS": "4/3 seconds"}
    with running_stack(tmp_path_factory.mktemp("hasty"), environ=environ, forks=forks) as running:
        yield running


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Engine]:
    """Node, then Chromium, each with a page of the stack."""
    with _engine(request.param, stack) as running:
        yield running


@pytest.fixture(scope="session", params=ENGINES)
def hasty_engine(request: pytest.FixtureRequest, hasty_stack: Stack) -> Iterator[Engine]:
    """The same with a page of the hasty stack."""
    with _engine(request.param, hasty_stack) as running:
        yield running


@pytest.fixture(scope="session")
def new_owner() -> NewOwner:
    """Gives one owner after another: each has its own allowance."""
    numbers = itertools.count(1)
    return lambda: f"reader-{next(numbers)}"


def _engine(name: str, stack: Stack) -> AbstractContextManager[Engine]:
    if lack := missing(name):
        pytest.skip(lack)
    return running_engine(name, f"http://localhost:{stack.port}")
