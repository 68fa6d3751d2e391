"""From a prompt to saved images, as a person goes."""

import hashlib
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from snapasset.gateway.v1 import jobs_pb2

from deploy.local.stack import Stack
from services.common.platforms import PLATFORMS
from services.gateway.api.bounds import bounds_of
from tests.e2e.client import finish, open_client
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import SLOWLY, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECORD = """
window.seen = { arrived: [], said: [] };
new MutationObserver(() => {
  const panel = document.querySelector('.panel');
  const done = document.querySelectorAll('.frame[data-state="done"]').length;
  if (panel) window.seen.arrived.push(`${panel.dataset.status} ${done}`);
  const live = document.getElementById('live');
  if (live && live.textContent) window.seen.said.push(live.textContent);
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
"""


@pytest_asyncio.fixture(loop_scope="session")
async def lively_tab(browser: Browser, stack: Stack) -> AsyncIterator[Tab]:
    """A tab where things move, as for most people."""
    async with open_tab(browser, stack, reduced_motion="no-preference") as opened:
        yield opened


async def test_a_prompt_becomes_images_one_after_another(lively_tab: Tab) -> None:
    tab = lively_tab
    await tab.page.add_init_script(RECORD)
    await tab.open()
    names = ["Instagram Post", "Instagram Story", "Twitter Header"]
    await tab.create(f"A lighthouse in a storm {SLOWLY}", *names)
    await expect(tab.page.locator(".panel .message")).to_contain_text("Painting with")
    await tab.frames("preview").first.wait_for()
    assert await tab.page.title() != "SnapAsset"
    await tab.wait_for("completed")
    assert await tab.page.title() == "SnapAsset"

    seen = await tab.page.evaluate("window.seen")
    assert {"active 0", "active 1", "active 2", "completed 3"} <= set(seen["arrived"])
    said = list(dict.fromkeys(seen["said"]))
    assert any(text.startswith("Painting with") for text in said)
    assert "Instagram Story: ready" in said
    assert said[-1] == "Job completed. Job completed"
    for name in names:
        await check_frame(tab, name)


async def check_frame(tab: Tab, name: str) -> None:
    [platform] = [one for one in PLATFORMS.values() if one.name == name]
    frame = tab.frames("done").filter(has_text=name)
    picture = frame.locator(".picture > img")
    box = await picture.bounding_box()
    assert box
    assert box["width"] / box["height"] == pytest.approx(platform.width / platform.height, rel=0.02)
    natural = await picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert natural == platform.width


async def test_images_are_saved_one_by_one_and_all_at_once(tab: Tab, tmp_path: Path) -> None:
    await tab.open()
    await tab.create("Ein Schloß über den Wolken", "Twitter Post", "Pinterest Pin")
    await tab.wait_for("completed")
    one = await tab.save(tab.page.get_by_role("link", name="Download Twitter Post"), tmp_path)
    packed = await tab.save(tab.page.get_by_role("button", name="Download all"), tmp_path)

    assert one.name == "twitter-post-1200x675.jpg"
    assert packed.name == "snapasset-ein-schloß-uber-den-wolken.zip"
    with zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [one.name, "pinterest-pin-1000x1500.jpg"]
        assert archive.read(one.name) == one.read_bytes()
    job = httpx2.get(
        f"{tab.home}/api/jobs/{tab.job_id}",
        headers={"Authorization": f"Bearer {tab.stack.token()}"},
    ).json()
    original = httpx2.get(job["result"]["images"][0]["url"])
    assert hashlib.sha256(original.content).digest() == hashlib.sha256(one.read_bytes()).digest()


async def test_a_job_is_cancelled_retried_and_made_again(tab: Tab) -> None:
    await tab.open()
    await tab.create(f"A sailing boat at sunset {SLOWLY}", "Twitter Post")
    await tab.wait_for("active")
    await tab.page.get_by_role("button", name="Cancel").click()
    await tab.wait_for("cancelled")
    await tab.page.get_by_role("button", name="Retry").click()
    await tab.wait_for("completed")
    await expect(tab.frames("done")).to_have_count(1)
    await tab.page.get_by_role("button", name="Change order").click()
    await expect(tab.page.get_by_label("What should be painted?")).to_be_focused()
    await expect(tab.page.locator(".ghosts .frame")).to_have_count(1)


async def test_a_reload_in_mid_job_loses_nothing(tab: Tab) -> None:
    await tab.open()
    await tab.create(f"A rocket over the dunes {SLOWLY}", "Facebook Post", "Facebook Cover")
    await tab.frames("preview").first.wait_for()
    await tab.page.reload()
    await expect(tab.page.locator(".quote")).to_contain_text("A rocket over the dunes")
    await tab.wait_for("completed")
    await expect(tab.frames("done")).to_have_count(2)
    await tab.page.reload()
    await expect(tab.frames("done")).to_have_count(2)


async def test_two_tabs_show_the_same_job(tab: Tab) -> None:
    await tab.open()
    other = Tab(page=await tab.page.context.new_page(), stack=tab.stack)
    other.watch()
    await other.open()
    await tab.create(f"A planet with rings {SLOWLY}", "LinkedIn Post")
    await tab.wait_for("active")
    await other.page.locator(f'.job-row[data-job="{tab.job_id}"]').click()
    for one in (tab, other):
        await one.wait_for("completed")
        await expect(one.frames("done")).to_have_count(1)
        await expect(one.page.locator(".past-card").first).to_contain_text("A planet with rings")
        await expect(one.page.locator(f'.job-row[data-job="{tab.job_id}"]')).to_have_count(0)
    assert (other.complaints, other.foreign) == ([], [])


async def test_the_history_comes_a_page_at_a_time(browser: Browser, stack: Stack) -> None:
    async with open_client(stack, "collector") as client:
        for number in range(9):
            body = {"userId": "collector", "prompt": f"A cabin in the woods, no. {number}"}
            made = await client.post("/api/jobs", json={**body, "platforms": ["facebook-cover"]})
            await finish(client, made.json()["jobId"])
    async with open_tab(browser, stack) as tab:
        await tab.open()
        await tab.sign_in(stack.token("collector"))
        cards = tab.page.locator(".past-card")
        await expect(cards.first).to_contain_text("no. 8")
        await expect(cards).to_have_count(8)
        async with tab.held("**/api/generations?*"):
            await tab.page.get_by_role("button", name="Show more").click()
            await tab.page.locator("#history-refresh").click()
        await expect(cards).to_have_count(9)
        await expect(cards.last).to_contain_text("no. 0")
        await expect(cards.last).to_be_focused()
        await expect(tab.page.get_by_role("button", name="Show more")).to_be_hidden()
        await cards.last.click()
        await expect(tab.page.locator(".quote")).to_have_text("A cabin in the woods, no. 0")
        await expect(tab.frames("done")).to_have_count(1)


async def test_the_queue_is_shown_in_the_words_of_the_command_line(tab: Tab) -> None:
    async with open_client(tab.stack, "admin-1", role="admin") as admin:
        await admin.post("/api/queue/pause")
        try:
            await tab.open()
            await expect(tab.page.locator("#queue-line")).to_have_text("The queue is paused.")
        finally:
            await admin.post("/api/queue/resume")
    await tab.page.locator("#queue summary").click()
    await expect(tab.page.locator("#queue-line")).to_contain_text("waiting")
    await expect(tab.page.locator("#queue-counts dt")).to_have_count(6)


async def test_the_form_offers_what_the_service_takes(tab: Tab) -> None:
    await tab.open()
    shown = await tab.page.locator(".platform b").all_text_contents()
    assert sorted(shown) == sorted(one.name for one in PLATFORMS.values())
    options = jobs_pb2.JobOptions.DESCRIPTOR.fields
    for name, values in ((one.name, bounds_of(one).choices) for one in options):
        if not values:
            continue
        shown = await tab.page.locator(f"#option-{name} option").evaluate_all(
            "options => options.map((one) => one.value)"
        )
        default = {"format": "jpeg", "crop": "smart", "masters": "one", "fit": "cover"}.get(name)
        assert set(shown) - {""} == set(values) - {default}
    limits = await tab.page.evaluate(
        "import('/studio/order.js').then((m) => [m.MIN_PROMPT, m.MAX_PROMPT, m.MAX_PLATFORMS])"
    )
    create = jobs_pb2.CreateJobRequest.DESCRIPTOR.fields_by_name
    prompt, platforms = bounds_of(create["prompt"]), bounds_of(create["platforms"])
    assert limits == [prompt.min_length, prompt.max_length, platforms.max_items]
