"""Images that were made in the studio, as the API shows them."""

from typing import Any

from playwright.async_api import Locator, expect

from tests.e2e.client import open_client
from tests.e2e.studio.tab import Tab

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
