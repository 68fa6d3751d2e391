"""Pictures of one's own: chosen or pasted, uploaded at once, painted from."""

import io

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.e2e.client import open_client
from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


def picture(width: int, height: int, colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


async def choose(tab: Tab, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "image/png", "buffer": content}
    await tab.page.locator("#attach").set_input_files(files=[file])


async def test_a_picture_is_uploaded_and_painted_from(tab: Tab) -> None:
    await tab.open()
    await choose(tab, "shoe.png", picture(640, 480))
    await expect(tab.page.locator(".attachment small")).to_have_text("640 \u00d7 480")
    await tab.create("The shoe on a rock by the sea", "Open Graph")
    await tab.wait_for("completed")
    async with open_client(tab.stack) as client:
        job = (await client.get(f"/api/jobs/{tab.job_id}")).json()
    assert len(job["data"]["references"]) == 1


async def test_a_picture_that_is_dropped_anywhere_is_cut_and_comes_back(tab: Tab) -> None:
    await tab.open()
    data = await tab.page.evaluate_handle(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], 'own.png', { type: 'image/png' }));
          data.items.add(new File(['notes'], 'notes.txt', { type: 'text/plain' }));
          return data;
        }""",
        list(picture(800, 600)),
    )
    await tab.page.dispatch_event("#history", "drop", {"dataTransfer": data})
    own, notes = (tab.page.locator(".attachment").nth(at) for at in (0, 1))
    await expect(own.locator("small")).to_have_text("800 \u00d7 600")
    await expect(notes.locator(".notice")).to_contain_text("PNG, JPEG, WebP or AVIF")
    await tab.page.get_by_role("button", name="Remove notes.txt").click()
    await own.get_by_role("combobox").select_option("source")
    await expect(tab.page.locator("#cost")).to_contain_text("nothing is bought")
    await tab.create("", "Open Graph")
    await tab.wait_for("completed")
    await expect(tab.page.locator(".panel")).to_contain_text("Cut from your own picture, free")
    await tab.page.get_by_role("button", name="Change order").click()
    await expect(own.get_by_role("combobox")).to_have_value("source")


async def test_what_is_no_picture_says_so_and_can_be_removed(tab: Tab) -> None:
    await tab.open()
    await choose(tab, "notes.png", b"these are notes")
    await expect(tab.page.locator(".attachment .notice")).to_be_visible()
    await tab.page.get_by_role("button", name="Remove notes.png").click()
    await expect(tab.page.locator(".attachment")).to_have_count(0)


async def test_a_picture_is_pasted(tab: Tab) -> None:
    await tab.open()
    await tab.page.evaluate(
        """async (bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], 'pasted.png', { type: 'image/png' }));
          document.getElementById('prompt').dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        list(picture(300, 200)),
    )
    await expect(tab.page.locator(".attachment small")).to_have_text("300 \u00d7 200")
