"""The history as people use it: found by words, by platform, by state, and kept in place."""

import pytest
from playwright.async_api import expect

from tests.e2e.client import finish, open_client
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_was_made_is_found_by_words_platform_and_state(tab: Tab) -> None:
    await tab.open()
    await tab.create("A zeppelin above quartz cliffs", "Open Graph")
    await tab.wait_for("completed")
    await tab.create("A zeppelin brawl [standin: fail=moderated]", "Open Graph")
    await tab.wait_for("failed")
    cards = tab.page.locator(".past-card b")
    rows = tab.page.locator(".job-row b")

    await tab.page.get_by_label("Search prompts").fill("ZEPPELIN cliffs")
    await expect(cards).to_have_text(["A zeppelin above quartz cliffs"])
    await expect(rows).to_have_count(0)
    await tab.page.get_by_label("Platform", exact=True).select_option(label="TikTok Photo")
    await expect(cards).to_have_count(0)
    await expect(tab.page.locator("#history-note")).to_have_text("Nothing matches.")
    await tab.page.get_by_label("Platform", exact=True).select_option(label="Open Graph")
    await expect(cards).to_have_count(1)
    await tab.page.get_by_label("Search prompts").fill("zeppelin")
    await tab.page.get_by_label("State").select_option("failed")
    await expect(rows).to_have_text(["A zeppelin brawl [standin: fail=moderated]"])
    await expect(cards).to_have_count(0)


async def test_the_jobs_of_a_batch_are_marked_and_found_together(tab: Tab) -> None:
    order = {"userId": "user-123", "platforms": ["open-graph"]}
    prompts = ["A sundial on a lawn", "A brawl on a lawn [standin: fail=moderated]"]
    async with open_client(tab.stack) as client:
        jobs = [{**order, "prompt": prompt} for prompt in prompts]
        batch = (await client.post("/api/batches", json={"jobs": jobs})).json()
        for entry in batch["jobs"]:
            await finish(client, entry["jobId"])
    await tab.open()
    await expect(tab.page.locator(".past-card").first.locator(".badge")).to_have_text("Batch")
    await tab.page.get_by_label("Batch", exact=True).select_option(batch["batchId"])
    await expect(tab.page.locator(".past-card b")).to_have_text(prompts[:1])
    await expect(tab.page.locator(".job-row b")).to_have_text(prompts[1:])
    await expect(tab.page.locator(".job-row .badge")).to_have_text("Batch")
    await expect(tab.page.get_by_role("button", name="Show more")).to_be_hidden()


async def test_a_card_shows_one_picture_in_its_own_shape(tab: Tab) -> None:
    await tab.open()
    await tab.create("A canoe below tall birches", "Pinterest Pin")
    await tab.wait_for("completed")
    await tab.page.get_by_label("Search prompts").fill("canoe below")
    picture = tab.page.locator(".past-card .cover img")
    await expect(picture).to_have_count(1)
    await picture.scroll_into_view_if_needed()
    await picture.evaluate("(image) => image.decode()")
    box = await picture.bounding_box()
    assert box
    assert box["width"] / box["height"] == pytest.approx(1000 / 1500, rel=0.02)


async def test_the_form_says_what_an_order_and_the_month_cost(tab: Tab) -> None:
    await tab.open()
    cost = tab.page.locator("#cost")
    await expect(cost).to_contain_text("cuts are free")
    await expect(cost).to_contain_text("this month")
    await tab.page.locator(".options summary").click()
    await tab.page.locator("#option-masters").select_option("perAspect")
    await expect(cost).to_contain_text("for each shape")
