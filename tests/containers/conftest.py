"""An engine, all images, and the compose stack, each made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.bases import make_base_images
from tests.containers.engine import Engine, NoEngine, running_engine
from tests.containers.stack import ComposeStack
from tests.servers.go_programs import NoProgram


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine that knows the images that ours begin with."""
    try:
        with running_engine() as running:
            make_base_images(running)
            yield running
    except (NoEngine, NoProgram) as error:
        pytest.skip(f"no containers: {error}")


@pytest.fixture(scope="session")
def unstarted(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ComposeStack:
    """A stack whose images are built."""
    folder: Path = tmp_path_factory.mktemp("compose")
    stack = ComposeStack(engine, folder)
    stack.make("images")
    return stack


@pytest.fixture(scope="session")
def stack(unstarted: ComposeStack) -> Iterator[ComposeStack]:
    """The running, healthy stack."""
    try:
        unstarted.make("up")
        yield unstarted
    finally:
        unstarted.remove()
