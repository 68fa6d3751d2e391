"""Finished images in the studio: more are added, one is chosen, all are shared and deleted."""

import asyncio
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.client import finish, open_client
from tests.e2e.studio.made import CLIPBOARD, image_of, made, open_editor
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[3]
SHARING = """
navigator.canShare = () => true;
navigator.share = async ({ files }) => { window.shared = files[0].name; };
"""


async def test_other_platforms_sizes_and_formats_are_added_later(tab: Tab) -> None:
    generation = await made(tab, "Twitter Post")
    await tab.page.get_by_role("button", name="More sizes, free").click()
    dialog = tab.page.get_by_role("dialog", name="More images from this one")
    await dialog.get_by_label("Format").select_option("webp")
    await expect(dialog.get_by_label("Threads Post")).to_be_disabled()
    await dialog.get_by_label("Format").select_option("png")
    await dialog.get_by_label("Pinterest Pin").check()
    await dialog.get_by_label("Name").fill("poster")
    await dialog.get_by_label("Width").fill("99999")
    await dialog.get_by_label("Height").fill("900")
    await dialog.get_by_role("button", name="Cut them, free").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("4096")
    await dialog.get_by_label("Width").fill("600")
    await dialog.get_by_role("button", name="Cut them, free").click()
    await expect(tab.frames("done")).to_have_count(3)
    await expect(dialog).to_be_hidden()
    assert f"#/generation/{generation}" in tab.page.url
    assert (await image_of(tab, generation, "poster"))["url"].endswith(".png")


async def test_a_variant_is_chosen_for_all_images(tab: Tab) -> None:
    async with open_client(tab.stack) as client:
        order = {"userId": "user-123", "prompt": "A lighthouse in a storm"}
        options = {"variants": 2, "format": "png", "label": "ai"}
        wishes = {"platforms": ["twitter-post"], "options": options}
        job_id = (await client.post("/api/jobs", json={**order, **wishes})).json()["jobId"]
        job = await finish(client, job_id)
    await tab.open(f"#/job/{job_id}")
    second = tab.page.get_by_role("button", name="Variant 2")
    await expect(second.locator("img")).to_be_visible()
    await expect(second).to_have_attribute("aria-pressed", "false")
    await second.click()
    await expect(second).to_have_attribute("aria-pressed", "true")
    image = await image_of(tab, job["result"]["generationId"], "twitter-post")
    assert image["master"] == 2
    assert image["url"].endswith(".png")
    async with open_client(tab.stack) as client:
        jobs = (await client.get("/api/jobs", params={"limit": 1})).json()["jobs"]
        cut_again = (await client.get(f"/api/jobs/{jobs[0]['jobId']}")).json()
    assert cut_again["data"]["options"]["label"] == "ai"


async def test_a_picture_and_its_link_are_copied_and_shared(tab: Tab) -> None:
    await tab.page.context.grant_permissions(CLIPBOARD)
    await tab.page.add_init_script(SHARING)
    generation = await made(tab, "Twitter Post")
    await open_editor(tab, "Twitter Post")
    await tab.page.get_by_role("button", name="Copy link").click()
    await expect(tab.page.locator(".outcome")).to_have_text("The link is copied.")
    image = await image_of(tab, generation, "twitter-post")
    assert await tab.page.evaluate("navigator.clipboard.readText()") == image["url"]
    await tab.page.get_by_role("button", name="Copy picture").click()
    await expect(tab.page.locator(".outcome")).to_have_text("The picture is copied.")
    kinds = "navigator.clipboard.read().then(([one]) => one.types)"
    assert "image/png" in await tab.page.evaluate(kinds)
    await tab.page.get_by_role("button", name="Share").click()
    await tab.page.wait_for_function("window.shared")
    assert await tab.page.evaluate("window.shared") == "twitter-post-1200x675.jpg"


async def test_an_image_and_then_all_are_deleted_after_a_question(tab: Tab) -> None:
    generation = await made(tab, "Twitter Post", "Pinterest Pin")
    await open_editor(tab, "Pinterest Pin")
    await tab.page.get_by_role("button", name="Delete image").click()
    question = tab.page.get_by_role("dialog", name="Delete this image?")
    await question.get_by_role("button", name="Keep it").click()
    await expect(tab.frames("done")).to_have_count(2)
    await tab.page.get_by_role("button", name="Delete image").click()
    await question.get_by_role("button", name="Delete image").click()
    await expect(tab.frames("done")).to_have_count(1)
    await expect(tab.page.locator("dialog[open]")).to_have_count(0)
    await tab.page.get_by_role("button", name="Delete", exact=True).click()
    await tab.page.get_by_role("button", name="Delete all").click()
    await expect(tab.page.locator(".ghosts")).to_be_visible()
    async with open_client(tab.stack) as client:
        assert (await client.get(f"/api/generations/{generation}")).status_code == 404


async def test_the_same_order_runs_again(tab: Tab) -> None:
    await made(tab, "Twitter Post")
    first = tab.job_id
    await tab.page.get_by_role("button", name="Run again").click()
    question = tab.page.get_by_role("dialog", name="Run this order again?")
    await expect(question).to_contain_text(re.compile(r"About \$0\.\d+ for 1 image"))
    await question.get_by_role("button", name="Run again").click()
    await expect(tab.page).not_to_have_url(re.compile(first))
    await tab.wait_for("completed")
    async with open_client(tab.stack) as client:
        orders = [(await client.get(f"/api/jobs/{one}")).json() for one in (first, tab.job_id)]
    assert orders[0]["data"] == orders[1]["data"]


async def test_an_order_runs_as_the_program_that_is_copied(tab: Tab, tmp_path: Path) -> None:
    await tab.page.context.grant_permissions(CLIPBOARD)
    await tab.open()
    await tab.create('The keeper\'s light, "high" & $HOME above', "Twitter Post")
    await tab.wait_for("completed")
    await tab.page.get_by_role("button", name="Copy as code").click()
    packages = tmp_path / "node_modules"
    packages.mkdir()
    (packages / "snapasset-client").symlink_to(ROOT / "clients" / "javascript")
    programs = {"curl": ["bash"], "JavaScript": ["node"], "Python": [sys.executable]}
    endings = {"curl": "sh", "JavaScript": "mjs", "Python": "py"}
    for language, command in programs.items():
        await tab.page.get_by_role("button", name=f"Copy {language}").click()
        await expect(tab.page.get_by_text(f"for {language} is copied")).to_be_visible()
        file = tmp_path / f"order.{endings[language]}"
        file.write_text(await tab.page.evaluate("navigator.clipboard.readText()"))
        environ = {**os.environ, "SNAPASSET_TOKEN": tab.stack.token()}
        environ["PYTHONPATH"] = f"{ROOT / 'clients' / 'python'}:{ROOT / 'gen'}"
        run = partial(subprocess.run, capture_output=True, text=True, env=environ, timeout=60)
        done = await asyncio.to_thread(run, [*command, str(file)])
        assert done.returncode == 0, done.stderr
        assert "jobId" in done.stdout or "twitter-post-1200x675.jpg" in done.stdout
