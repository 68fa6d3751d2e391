"""Settings tell whose token it is and for how long, and webhooks are looked after there."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import Locator, expect

from tests.e2e.studio.tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def receiving(*statuses: int) -> AsyncIterator[str]:
    """Answer messages with these statuses, one after the other, at the address that is yielded."""
    answers = iter(statuses)

    async def take(request: web.Request) -> web.Response:
        return web.Response(status=next(answers))

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def opened(tab: Tab) -> Locator:
    """Open the settings."""
    await tab.open()
    await tab.page.locator("#account").click()
    await tab.page.get_by_role("button", name="Settings").click()
    return tab.page.get_by_role("dialog", name="Settings")


async def test_webhooks_are_added_tested_looked_at_and_deleted(tab: Tab) -> None:
    settings = await opened(tab)
    told = settings.get_by_role("status")
    await expect(settings).to_contain_text(re.compile(r"signed in as user-123, until .*\d{4}"))
    await expect(settings.locator(".webhooks")).to_have_text("There are no webhooks.")
    await settings.get_by_label("Tell this address").fill("not an address")
    await settings.get_by_role("button", name="Add webhook").click()
    await expect(settings.get_by_role("alert")).to_contain_text("must be an address")
    async with receiving(410, 500, 204, 204) as address:
        await settings.get_by_label("Tell this address").fill(address)
        await settings.get_by_label("Cancelled jobs").uncheck()
        await settings.get_by_role("button", name="Add webhook").click()
        await expect(told).to_contain_text("it is not shown again.whsec_")
        await expect(settings.locator(".webhooks")).to_contain_text(
            "Is told of job.completed, job.failed."
        )
        secret = await told.locator("code").inner_text()
        await settings.get_by_role("button", name=f"New secret: {address}").click()
        await expect(told).to_contain_text(re.compile(r"The former one signs, too, until .*\d{4}"))
        await expect(told.locator("code")).not_to_have_text(secret)
        test = settings.get_by_role("button", name=f"Test: {address}")
        await test.click()
        await expect(told).to_have_text(
            "The test: failed, 1 call (answered 410 Gone, so it is told nothing more)."
        )
        await test.click()
        await expect(told).to_have_text("The test: failed, 1 call (answered 500).")
        settings = await opened(tab)
        told = settings.get_by_role("status")
        await expect(settings.locator(".health")).to_contain_text("Disabled: it answered 410 Gone")
        await settings.get_by_role("button", name=f"Test: {address}").click()
        await expect(told).to_have_text("The test: delivered, 1 call (answered 204).")
        await settings.get_by_role("button", name=f"Deliveries: {address}").click()
        await expect(settings.locator(".deliveries li")).to_have_count(3)
        again = settings.get_by_role("button", name=re.compile("^Send again: .*answered 500"))
        await again.click()
        await expect(told).to_contain_text("It is sent again.")
    await settings.get_by_role("button", name=f"Delete: {address}").click()
    await tab.page.get_by_role("button", name="Keep it").click()
    await settings.get_by_role("button", name=f"Delete: {address}").click()
    await tab.page.get_by_role("button", name="Delete it").click()
    await expect(settings.locator(".webhooks")).to_have_text("There are no webhooks.")
    await expect(settings.get_by_label("Tell this address")).to_be_focused()
    assert (tab.complaints, tab.foreign) == ([], [])


async def test_the_secret_for_addresses_of_jobs_is_shown_and_renewed(tab: Tab) -> None:
    settings = await opened(tab)
    secret = settings.get_by_role("status").locator("code")
    await settings.get_by_role("button", name="Show their secret").click()
    await expect(secret).to_have_text(re.compile("^whsec_"))
    first = await secret.inner_text()
    await settings.get_by_role("button", name="Renew their secret").click()
    await expect(settings.get_by_role("status")).to_contain_text("The former one signs, too, until")
    renewed = await secret.inner_text()
    await settings.get_by_role("button", name="Show their secret").click()
    await expect(secret).to_have_text(renewed)
    assert renewed != first
    await settings.get_by_role("button", name="Their deliveries").click()
    await expect(settings.locator(".deliveries").last).to_contain_text(re.compile("sent|job"))
