"""Settings tell whose token it is and for how long, and webhooks are looked after there."""

import re

import pytest
from playwright.async_api import expect

from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADDRESS = "https://example.com/hooks"


async def test_webhooks_are_added_tested_looked_at_and_deleted(tab: Tab) -> None:
    await tab.open()
    await tab.page.locator("#account").click()
    await tab.page.get_by_role("button", name="Settings").click()
    settings = tab.page.get_by_role("dialog", name="Settings")
    await expect(settings).to_contain_text(re.compile(r"signed in as user-123, until .*\d{4}"))
    await expect(settings.locator(".webhooks")).to_have_text("There is none.")
    await settings.get_by_label("Tell this address").fill("not an address")
    await settings.get_by_role("button", name="Add webhook").click()
    await expect(settings.get_by_role("alert")).to_contain_text("must be an address")
    await settings.get_by_label("Tell this address").fill(ADDRESS)
    await settings.get_by_role("button", name="Add webhook").click()
    await expect(settings.get_by_role("status")).to_contain_text("whsec_")
    await settings.get_by_role("button", name=f"Test: {ADDRESS}").click()
    await expect(settings.locator(".deliveries")).to_contain_text("webhook.test")
    await settings.get_by_role("button", name=f"Delete: {ADDRESS}").click()
    await tab.page.get_by_role("button", name="Delete it").click()
    await expect(settings.locator(".webhooks")).to_have_text("There is none.")
    assert (tab.complaints, tab.foreign) == ([], [])
