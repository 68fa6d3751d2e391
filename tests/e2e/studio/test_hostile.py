"""Whatever texts arrive from elsewhere, the page stays whole and usable, in every dialog."""

from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from deploy.local.stack import Stack
from tests.e2e.client import create, finish, open_client
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

MARKUP = '"><img src=x onerror="window.hit = 1"><script>window.hit = 1</script>'
HOSTILE = f"\u202e{MARKUP}\u200b\n\n" + "W" * 5_000
PROSE = {"prompt", "revisedPrompt", "message", "model", "signedBy", "platform", "provider"}
OPENERS = (f"Adjust {MARKUP}", "More sizes, free", "Run again", "Copy as code", "Delete")
OVERFLOW = """() => [document.documentElement, ...document.querySelectorAll('dialog[open]')]
  .map((one) => one.scrollWidth - one.clientWidth)"""


def poisoned(value: Any) -> Any:
    """Return an answer of the API with every text in it that somebody else may have written."""
    if isinstance(value, dict):
        return {
            name: HOSTILE if name in PROSE and isinstance(one, str) else poisoned(one)
            for name, one in value.items()
        }
    return [*map(poisoned, value)] if isinstance(value, list) else value


async def poison(route: Route) -> None:
    answer = await route.fetch()
    await route.fulfill(response=answer, json=poisoned(await answer.json()))


@pytest.mark.parametrize("width", [390, 1440])
async def test_hostile_texts_break_nothing(browser: Browser, stack: Stack, width: int) -> None:
    async with open_client(stack) as client:
        made = await create(client, "A fence around a field", "twitter-post")
        failing = await create(client, "A brawl [standin: fail=moderated]", "twitter-post")
        for job in (made, failing):
            await finish(client, job["jobId"])
    window = {"width": width, "height": 800}
    async with open_tab(browser, stack, viewport=window, reduced_motion="reduce") as tab:
        for kind in ("jobs", "generations", "models", "usage"):
            await tab.page.route(f"**/api/{kind}*", poison)
            await tab.page.route(f"**/api/{kind}/*", poison)
        await tab.open(f"#/job/{failing['jobId']}")
        await tab.wait_for("failed")
        await check(tab)
        await tab.page.goto(f"{tab.home}/#/job/{made['jobId']}")
        await tab.wait_for("completed")
        await check(tab)
        for opener in OPENERS:
            await tab.page.get_by_role("button", name=opener, exact=opener == "Delete").click()
            await tab.page.locator("dialog[open]").wait_for()
            await check(tab)
            await tab.page.keyboard.press("Escape")


async def check(tab: Tab) -> None:
    """The page and its dialog scroll down only; nothing ran, and nothing reads backwards."""
    assert set(await tab.page.evaluate(OVERFLOW)) == {0}
    assert await tab.page.evaluate("window.hit") is None
    assert await tab.page.locator('img[src="x"], main script').count() == 0
    assert "\u202e" not in await tab.page.inner_text("body")
    if await tab.page.locator("dialog[open]").count():
        await expect(tab.page.get_by_role("button", name="Close")).to_be_in_viewport()
    else:
        await tab.page.evaluate("scrollTo(0, 0)")
        await expect(tab.page.locator("#create")).to_be_in_viewport()
        await expect(tab.page.locator(".panel .actions")).to_be_visible()
        height = await tab.page.locator(".panel").evaluate("(panel) => panel.offsetHeight")
        assert height < 800
