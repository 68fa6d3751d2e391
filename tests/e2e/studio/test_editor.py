"""The crop editor: a frame that pointer, keys and fingers move is what the new image shows."""

import re
from io import BytesIO

import httpx2
import numpy
import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from deploy.local.stack import Stack
from tests.e2e.client import open_client
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.made import generation_of, image_of, made, open_editor
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

FACTS = re.compile(r"(\d+) \u00d7 (\d+) of \d+ \u00d7 \d+, (\d+) from the left, (\d+) from the top")


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
