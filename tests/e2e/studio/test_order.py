"""What an order may have besides a prompt and platforms: sizes of one's own, and options."""

import pytest
from playwright.async_api import expect

from tests.e2e.client import open_client
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_size_of_ones_own_and_options_reach_the_job_and_come_back(tab: Tab) -> None:
    page = tab.page
    await tab.open()
    await page.get_by_text("A size of your own").click()
    await page.get_by_label("Width").fill("9")
    await page.get_by_label("Height").fill("900")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("#size-problem")).to_contain_text("from 16 to 4,096")
    await page.get_by_label("Width").fill("600")
    await page.get_by_label("Name").fill("Été: Poster")
    await page.get_by_label("Name").press("Enter")
    size = page.get_by_role("list", name="Sizes of your own").get_by_role("listitem")
    await expect(size).to_contain_text("ete-poster")
    await expect(page.locator(".ghosts .frame")).to_have_count(4)

    await page.locator(".options summary").click()
    for label, value in (("Variants", "2"), ("Other shapes", "contain"), ("Background", "#ffffff")):
        await page.get_by_label(label).select_option(value)
    await expect(page.locator("#cost")).to_contain_text("for 2 images")
    await page.get_by_label("Originals").select_option("perAspect")
    await expect(page.get_by_label("Variants")).to_have_value("")
    await page.get_by_label("Originals").select_option("")
    await page.get_by_label("Variants").select_option("2")
    await tab.create("A kiosk on the promenade", "Twitter Post")
    await tab.wait_for("completed")
    await expect(tab.frames("done")).to_have_count(2)
    await expect(page.locator(".panel")).to_contain_text("Painted by the local stand-in, free")

    async with open_client(tab.stack) as client:
        data = (await client.get(f"/api/jobs/{tab.job_id}")).json()["data"]
    assert data["sizes"] == [{"name": "ete-poster", "width": 600, "height": 900}]
    assert data["options"] == {"variants": 2, "fit": "contain", "background": "#ffffff"}
    await page.get_by_role("button", name="Remove ete-poster").click()
    await page.get_by_role("button", name="Change order").click()
    await expect(size).to_contain_text("600 \u00d7 900")
    await expect(page.get_by_label("Background")).to_have_value("#ffffff")
