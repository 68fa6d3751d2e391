"""A real Chromium on the studio of a real stack; every tab is watched for what it must not do."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, QUIET
from tests.e2e.studio.tab import Tab

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all of these tests."""
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def tab(browser: Browser, stack: Stack) -> AsyncIterator[Tab]:
    """A tab on the shared stack, which signs the page in by itself."""
    async with open_tab(browser, stack) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def strict_tab(browser: Browser, strict_stack: Stack) -> AsyncIterator[Tab]:
    """A tab on a stack where people sign in and limits are soon met."""
    async with open_tab(browser, strict_stack) as opened:
        yield opened


@pytest.fixture(scope="package")
def strict_stack(tmp_path_factory: pytest.TempPathFactory, forks: ForkServer) -> Iterator[Stack]:
    """A stack like one for the public, but for a window that fits into a test."""
    folder: Path = tmp_path_factory.mktemp("strict")
    environ = {
        "LOCAL_SIGN_IN": "false",
        "RATE_LIMIT_JOBS": "1/10 seconds",
        "STANDIN_SWITCHES": "care=low",
    }
    with running_stack(folder, environ=environ, forks=forks) as running:
        yield running


@asynccontextmanager
async def open_tab(browser: Browser, stack: Stack, **context: Any) -> AsyncIterator[Tab]:
    """Open a tab in a context of its own; at the end it must have nothing to complain of.

    Nothing moves unless `context` says so, and a point is half a pixel: without a graphics card,
    movement and pixels take much CPU.
    """
    calm = {
        "viewport": {"width": 1280, "height": 900},
        "reduced_motion": "reduce",
        "device_scale_factor": 0.5,
    }
    own = await browser.new_context(**{"locale": "en-GB", **calm, **context})
    own.set_default_timeout(PATIENCE_MS)
    tab = Tab(page=await own.new_page(), stack=stack)
    tab.watch()
    yield tab
    await own.close()
    assert tab.complaints == []
    assert tab.foreign == []
