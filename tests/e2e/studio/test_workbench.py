"""After the fact: images are cut again by hand, added, chosen, passed on and deleted."""

import asyncio
import os
import re
import subprocess
import sys
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import numpy
import pytest
from PIL import Image
from playwright.async_api import Browser, Locator, expect

from deploy.local.stack import Stack
from tests.e2e.client import finish, open_client
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[3]
FACTS = re.compile(r"(\d+) \u00d7 (\d+) of \d+ \u00d7 \d+, (\d+) from the left, (\d+) from the top")
SHARING = """
navigator.canShare = () => true;
navigator.share = async ({ files }) => { window.shared = files[0].name; };
"""
CLIPBOARD = ["clipboard-read", "clipboard-write"]


async def made(tab: Tab, *platforms: str) -> str:
    """Make images of a scene, and return the id of their generation."""
    await tab.open()
    await tab.create("A lighthouse in a storm", *platforms)
    await tab.wait_for("completed")
    async with open_client(tab.stack) as client:
        job = (await client.get(f"/api/jobs/{tab.job_id}")).json()
    generation: str = job["result"]["generationId"]
    return generation


async def generation_of(tab: Tab, generation: str) -> dict[str, Any]:
    async with open_client(tab.stack) as client:
        answer = await client.get(f"/api/generations/{generation}")
        found: dict[str, Any] = answer.json()["generation"]
    return found


async def image_of(tab: Tab, generation: str, platform: str) -> dict[str, Any]:
    images = (await generation_of(tab, generation))["images"]
    [image] = [one for one in images if one["platformId"] == platform]
    found: dict[str, Any] = image
    return found


async def open_editor(tab: Tab, name: str) -> Locator:
    await tab.page.get_by_role("button", name=f"Adjust {name}").click()
    frame = tab.page.locator(".crop-frame")
    await expect(frame).to_be_focused()
    return frame


async def box_of(tab: Tab) -> dict[str, int]:
    """Return the box that the editor says its frame is."""
    found = FACTS.fullmatch(await tab.page.locator("#crop-facts").inner_text())
    assert found
    width, height, x, y = map(int, found.groups())
    return {"x": x, "y": y, "width": width, "height": height}


async def cut(tab: Tab) -> None:
    await tab.page.get_by_role("button", name="Cut again, free").click()
    await expect(tab.page.locator(".outcome")).to_contain_text("It cost nothing.")


def difference(image: bytes, master: bytes, box: dict[str, int]) -> float:
    """Return how far the pixels of an image are from those of a box of the master, of 255."""
    shown = Image.open(BytesIO(image)).convert("RGB")
    edges = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
    part = Image.open(BytesIO(master)).convert("RGB").crop(edges).resize(shown.size)
    pixels = [numpy.asarray(one, dtype=float) for one in (shown, part)]
    return float(numpy.abs(pixels[0] - pixels[1]).mean())


async def test_a_dragged_frame_is_what_the_new_image_shows(tab: Tab) -> None:
    generation = await made(tab, "Instagram Post", "Twitter Header")
    frame = await open_editor(tab, "Twitter Header")
    before = await box_of(tab)
    place = await frame.bounding_box()
    assert place
    middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    await tab.page.mouse.move(*middle)
    await tab.page.mouse.down()
    await tab.page.mouse.move(middle[0], middle[1] + 160, steps=4)
    await tab.page.mouse.up()
    box = await box_of(tab)
    assert box["y"] > before["y"] + 100
    await cut(tab)

    image = await image_of(tab, generation, "twitter-header")
    for edge, value in box.items():
        assert image["crop"][edge] == pytest.approx(value, abs=1)
    async with open_client(tab.stack) as client:
        master = (await client.get(f"/api/generations/{generation}/masters/1")).content
    shown = httpx2.get(image["url"]).content
    assert difference(shown, master, box) < 3 < 10 < difference(shown, master, before)
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("button", name="Adjust Twitter Header")).to_be_focused()
    picture = tab.frames("done").filter(has_text="Twitter Header").locator(".picture > img")
    assert await picture.get_attribute("src") == image["url"]


async def test_keys_move_and_size_the_frame_and_earlier_cuts_stay(tab: Tab) -> None:
    generation = await made(tab, "Instagram Story")
    await open_editor(tab, "Instagram Story")
    press = tab.page.keyboard.press
    await press("0")
    whole = await box_of(tab)
    await press("+")
    closer = await box_of(tab)
    assert closer["height"] < whole["height"]
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft"):
        await press(key)
    box = await box_of(tab)
    assert (box["x"], box["y"]) == (closer["x"] + 2 - 20, closer["y"] - 1)
    await tab.page.get_by_label("Zoom").focus()
    await press("ArrowRight")
    assert (await box_of(tab))["height"] < box["height"]
    box = await box_of(tab)
    estimate = share_in(await tab.page.locator("#crop-worth").inner_text())
    await cut(tab)
    image = await image_of(tab, generation, "instagram-story")
    for edge, value in box.items():
        assert image["crop"][edge] == pytest.approx(value, abs=1)
    assert estimate == pytest.approx(image["kept"], abs=0.04)
    await expect(tab.page.locator("#crop-worth")).to_contain_text(f"Keeps {image['kept']:.0%}")

    cuts = tab.page.get_by_role("group", name="All cuts").get_by_role("button")
    await expect(cuts).to_have_count(2)
    await cuts.first.click()
    first = (await generation_of(tab, generation))["renditions"][0]
    assert await box_of(tab) == pytest.approx(first["crop"], abs=1)
    await expect(cuts.first).to_have_attribute("aria-pressed", "true")
    link = tab.page.get_by_role("link", name="Open", exact=True)
    await expect(link).to_have_attribute("href", first["url"])


def share_in(text: str) -> float:
    found = re.fullmatch(r"Keeps about (\d+)% of what matters\.", text)
    assert found, text
    return int(found[1]) / 100


async def test_fingers_move_and_pinch_the_frame(browser: Browser, stack: Stack) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with open_tab(browser, stack, **phone) as tab:
        generation = await made(tab, "Twitter Header")
        await tab.page.get_by_role("button", name="Adjust Twitter Header").tap()
        frame = tab.page.locator(".crop-frame")
        await expect(frame).to_be_focused()
        before, place = await box_of(tab), await frame.bounding_box()
        assert place
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        devices = await tab.page.context.new_cdp_session(tab.page)

        async def touch(kind: str, *points: tuple[float, float]) -> None:
            fingers = [{"x": at[0], "y": at[1], "id": number} for number, at in enumerate(points)]
            await devices.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

        await touch("touchStart", (x - 60, y), (x + 60, y))
        await touch("touchMove", (x - 40, y), (x + 40, y))
        await touch("touchEnd")
        pinched = await box_of(tab)
        assert pinched["width"] == pytest.approx(before["width"] * 2 / 3, rel=0.05)
        await touch("touchStart", (x, y))
        await touch("touchMove", (x, y + 30))
        await touch("touchMove", (x, y + 60))
        await touch("touchEnd")
        assert (await box_of(tab))["y"] > pinched["y"] + 50
        box = await box_of(tab)
        await cut(tab)  # a tap so soon after a drag is at times taken for the end of it
        image = await image_of(tab, generation, "twitter-header")
        assert image["crop"]["y"] == pytest.approx(box["y"], abs=1)


async def test_one_frame_serves_all_of_its_shape_and_advice_is_one_click(tab: Tab) -> None:
    generation = await made(tab, "Instagram Story", "Instagram Reel Cover", "Twitter Header")
    await open_editor(tab, "Instagram Story")
    await tab.page.keyboard.press("+")
    await tab.page.get_by_role("button", name="Apply to all 2 of this shape").click()
    await expect(tab.page.locator(".outcome")).to_contain_text("2 images cut")
    story = await image_of(tab, generation, "instagram-story")
    reel = await image_of(tab, generation, "instagram-reel-cover")
    assert story["crop"] == reel["crop"]
    await tab.page.keyboard.press("Escape")
    await open_editor(tab, "Twitter Header")
    await tab.page.get_by_role("button", name="Show all of it").click()
    await expect(tab.page.locator(".worth")).to_contain_text("Keeps 100%")
    await expect(tab.page.get_by_label("What does not fit")).to_have_value("blur")


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
