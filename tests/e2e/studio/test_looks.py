"""The page works for everybody: at every width, by keyboard, by ear, in the dark and in peace."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from deploy.local.stack import Stack
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import SLOWLY, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
HARM = ("serious", "critical")
# Elements that pass are of no interest, and it takes long to describe them.
FINDINGS = """axe
  .run(document.querySelector('dialog[open]') ?? document, {resultTypes: ['violations']})
  .then((found) => found.violations)"""
OPENERS = ("Adjust Twitter Post", "More sizes, free", "Run again", "Copy as code", "Delete")
AFTER = (
    "Download all",
    "More sizes, free",
    "Change order",
    "Run again",
    "Copy as code",
    "Delete",
)


async def harm(tab: Tab, widths: tuple[int, ...]) -> list[Any]:
    """Return what axe finds to be serious or critical, with the elements, at any of the widths.

    Of a page below a dialog, only the dialog can be reached.
    """
    if not AXE.exists():
        pytest.skip("its npm packages are missing: npm ci --prefix tests/e2e/studio")
    await tab.page.evaluate(AXE.read_text())
    # Fades would be measured half-way.
    await tab.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    found = []
    for width in widths:
        await tab.page.set_viewport_size({"width": width, "height": 900})
        found += await tab.page.evaluate(FINDINGS)
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in HARM
    ]


@pytest.mark.parametrize(("scheme", "widths"), [("light", (820, 1440)), ("dark", (1920, 390))])
async def test_axe_finds_nothing_serious(
    browser: Browser, stack: Stack, scheme: str, widths: tuple[int, ...]
) -> None:
    async with open_tab(browser, stack, color_scheme=scheme) as tab:
        await tab.open()
        await tab.page.get_by_text("A size of your own").click()
        await tab.page.locator(".options summary").click()
        assert await harm(tab, widths) == []
        await tab.create(f"A lighthouse at dusk {SLOWLY}", "Twitter Post")
        await tab.frames("preview").first.wait_for()
        assert await harm(tab, widths) == []
        await tab.wait_for("completed")
        await tab.page.locator(".past-card").first.wait_for()
        await tab.page.locator("#queue summary").click()
        await tab.page.locator(".frame .picture").focus()
        assert await harm(tab, widths) == []
        for opener in OPENERS:
            await tab.page.get_by_role("button", name=opener, exact=True).click()
            await tab.page.locator("dialog[open]").wait_for()
            if opener.startswith("Adjust"):
                await tab.page.locator(".crop-frame").wait_for()
            assert await harm(tab, widths) == []
            await tab.page.keyboard.press("Escape")
        await tab.create(f"A dune at {scheme} [standin: fail=overloaded times=1]", "Twitter Post")
        await tab.wait_for("delayed")
        assert await harm(tab, widths) == []
        await tab.create("A brawl at dusk [standin: fail=moderated]", "Twitter Post")
        await tab.wait_for("failed")
        assert await harm(tab, widths) == []
        await tab.page.locator("#account").click()
        assert await harm(tab, widths) == []
        await tab.page.get_by_role("button", name="Settings").click()
        await tab.page.get_by_role("button", name="Show their secret").click()
        await tab.page.locator(".told code").wait_for()
        assert await harm(tab, widths) == []


async def test_everything_fits_at_every_width(tab: Tab) -> None:
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    await tab.open()
    for box in await tab.page.locator(".platform input").all():
        await box.check()
    await tab.create("A_very_long_word_" * 12)
    await tab.wait_for("completed")
    await tab.page.locator("#queue summary").click()
    for width in (1440, 820, 320):
        await tab.page.set_viewport_size({"width": width, "height": 900})
        assert await tab.page.evaluate(overflow) == 0, width
        pictures = await tab.page.locator(".frame .picture").all()
        assert pictures
        for picture in pictures:
            place = await picture.bounding_box()
            assert place
            assert place["x"] >= 0, width
            assert place["x"] + place["width"] <= width


async def test_the_keyboard_is_enough(tab: Tab) -> None:
    await tab.open()
    press = tab.page.keyboard.press
    await press("Tab")
    await expect(tab.page.locator("#skip")).to_be_focused()
    await press("Enter")
    await expect(tab.page.locator("#stage")).to_be_focused()
    await tab.page.get_by_label("What should be painted?").focus()
    await tab.page.keyboard.type("A boat on a lake at night")
    for _ in range(2):
        await press("Tab")
    await expect(tab.page.get_by_label("Search platforms")).to_be_focused()
    for _ in range(3):
        await press("Tab")
    await expect(tab.page.get_by_label("Instagram Post")).to_be_focused()
    await press("Space")
    await press("Tab")
    await press("Space")
    await expect(tab.page.locator(".ghosts .frame")).to_have_count(1)
    await tab.page.get_by_label("What should be painted?").focus()
    await press("Control+Enter")
    await expect(tab.page.locator("#stage")).to_be_focused()
    await tab.wait_for("completed")
    for name in AFTER:
        await press("Tab")
        await expect(tab.page.get_by_role("button", name=name)).to_be_focused()
    await press("Tab")
    await expect(tab.page.locator(".frame .picture")).to_be_focused()


async def test_nothing_moves_where_no_motion_is_wanted(browser: Browser, stack: Stack) -> None:
    async with open_tab(browser, stack) as tab:
        await tab.open()
        await tab.create(f"A rocket at dawn {SLOWLY}", "Twitter Post")
        await tab.wait_for("active")
        assert await tab.page.evaluate("document.getAnimations().length") == 0
        await tab.wait_for("completed")
        assert await tab.page.evaluate("document.getAnimations().length") == 0


async def test_a_reader_of_the_screen_hears_the_progress(tab: Tab) -> None:
    await tab.open()
    await tab.create(f"A castle at noon {SLOWLY}", "Twitter Post")
    bar = tab.page.get_by_role("progressbar", name="Progress")
    await expect(bar).to_have_attribute("aria-valuetext", re.compile("^[1-9][0-9]%, Painting with"))
    await tab.wait_for("completed")
    await expect(tab.page.get_by_role("status").last).to_have_text("Job completed. Job completed")
    image = tab.page.get_by_role("img", name="Twitter Post: A castle at noon")
    await expect(image).to_be_visible()


async def test_the_documentation_shares_the_look(browser: Browser, stack: Stack) -> None:
    colours = []
    for scheme in ("light", "dark"):
        # The look is CSS alone; what draws all operations takes seconds.
        context = {"color_scheme": scheme, "java_script_enabled": False}
        async with open_tab(browser, stack, **context) as tab:
            for place in ("", "api-docs"):
                await tab.page.goto(f"{tab.home}/{place}")
                colours.append(
                    await tab.page.locator(".bar").evaluate(
                        "bar => [getComputedStyle(bar), getComputedStyle(document.body)]"
                        ".map((style) => style.backgroundColor).join()"
                    )
                )
    assert colours[0] == colours[1]
    assert colours[2] == colours[3] != colours[0]
