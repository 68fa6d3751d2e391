"""What a person needs next is in the window: the button before the click, the progress after it."""

from itertools import pairwise

import pytest
from playwright.async_api import Browser, Locator, expect

from deploy.local.stack import Stack
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

WINDOWS = [(360, 640), (390, 844), (820, 1180), (1440, 900), (1920, 1080), (2560, 1440)]
CHOICES = [1, 9, 25]
WITHOUT_END = "[standin: delay=60]"


async def choose(tab: Tab, already: int, count: int) -> None:
    """Choose up to `count` platforms, as one does by hand: the list scrolls, the page too."""
    for box in (await tab.page.locator(".platform input").all())[already:count]:
        await box.check()


async def in_window(element: Locator) -> bool:
    """Return whether the whole element is inside the window, with nothing on top of its middle."""
    inside: bool = await element.evaluate(
        """(element) => {
          const { left, top, right, bottom } = element.getBoundingClientRect();
          const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
          const front = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return inside && element.contains(front);
        }"""
    )
    return inside


@pytest.mark.parametrize(("width", "height"), WINDOWS)
async def test_the_button_is_in_the_window_and_then_the_progress(
    browser: Browser, stack: Stack, width: int, height: int
) -> None:
    window = {"width": width, "height": height}
    async with open_tab(browser, stack, viewport=window) as tab:
        await tab.open()
        create = tab.page.locator("#create")
        await tab.page.get_by_role("button", name="Clear").click()
        for already, count in pairwise((0, *CHOICES)):
            await choose(tab, already, count)
            assert await in_window(create), f"{count} chosen"
            await tab.page.evaluate("scrollTo(0, 0)")
            assert await in_window(create), f"{count} chosen, before anything is scrolled"
            await tab.create(f"A pier in the rain {WITHOUT_END}")
            await tab.page.locator(".panel .progress").wait_for()
            assert await in_window(tab.page.locator(".panel .progress")), f"{count} ordered"
            await expect(tab.page.locator("#stage")).to_be_focused()
            await tab.page.get_by_role("button", name="Cancel").click()
            await tab.wait_for("cancelled")
        await tab.page.evaluate("scrollTo(0, 0)")
        await tab.page.reload()
        await tab.wait_for("cancelled")
        assert await in_window(tab.page.locator(".panel .state")), "a link to the job"


async def test_platforms_are_found_by_search_and_chosen_by_network(tab: Tab) -> None:
    await tab.open()
    await tab.page.get_by_role("button", name="Clear").click()
    await tab.page.get_by_label("Search platforms").fill("youtube thumb")
    await expect(tab.page.locator(".platform:visible b")).to_have_text(["YouTube Thumbnail"])
    await tab.page.get_by_label("Search platforms").fill("1080x1920 insta")
    await expect(tab.page.locator(".platform:visible b").first).to_have_text("Instagram Story")
    await tab.page.get_by_label("Search platforms").fill("")
    every = tab.page.get_by_role("group", name="Instagram").locator("input")
    await tab.page.get_by_role("button", name="Instagram set").click()
    await expect(tab.page.get_by_text(f"{await every.count()} chosen")).to_be_visible()
    assert all([await box.is_checked() for box in await every.all()])


async def test_the_choice_is_remembered_by_the_browser(tab: Tab) -> None:
    await tab.open()
    await tab.page.get_by_role("button", name="Clear").click()
    await tab.page.get_by_label("Open Graph").check()
    other = await tab.page.context.new_page()
    await other.goto(tab.home)
    await expect(other.locator("input:checked")).to_have_count(1)
    await expect(other.get_by_label("Open Graph")).to_be_checked()
