"""The documentation page as a browser shows it, with no network but the stack."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from openapi_spec_validator import OpenAPIV31SpecValidator
from playwright.async_api import Locator, Page, async_playwright

from deploy.local.stack import Stack
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, QUIET

PATIENCE_MS = 90_000
"""To draw all operations takes seconds of CPU time, of which a busy machine has little."""


@dataclass(kw_only=True, slots=True)
class Tab:
    """A browser's tab, the addresses that it asked for and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest_asyncio.fixture
async def tab(tmp_path: Path) -> AsyncIterator[Tab]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=CHROMIUM, args=QUIET
        )
        browser.set_default_timeout(PATIENCE_MS)
        tab = Tab(page=await browser.new_page())
        tab.page.on("request", lambda request: tab.asked.append(request.url))
        tab.page.on("console", lambda message: tab.complaints.append(message.text))
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        yield tab
        await browser.close()


async def executed(page: Page, operation_id: str) -> Locator:
    """Open an operation, try it out as it is filled in, and return where its answer is shown."""
    operation = page.locator(f"#operations-{operation_id}")
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table")


async def kept(page: Page) -> str:
    return str(await page.evaluate("JSON.stringify([localStorage, sessionStorage])"))


async def test_the_page_lists_all_operations_and_tries_one_out(stack: Stack, tab: Tab) -> None:
    await tab.page.goto(f"{stack.base_url}/")
    await tab.page.get_by_role("link", name="API documentation").click()
    answer = await executed(tab.page, "Site-listPlatforms")
    await answer.get_by_text("instagram-post").first.wait_for()
    assert await answer.locator(".response .response-col_status").inner_text() == "200"
    document = httpx2.get(f"{stack.base_url}/api-docs/openapi.json").json()
    listed = [*document["paths"].values(), *document["webhooks"].values()]
    expected = sum(map(len, listed))
    assert await tab.page.locator(".opblock").count() == expected
    assert f"{stack.base_url}/api/platforms" in tab.asked
    ours = (stack.base_url, f"http://localhost:{stack.port}/images/", "data:")
    assert [url for url in tab.asked if not url.startswith(ours)] == []
    assert tab.complaints == []


async def test_the_local_page_needs_no_token_and_keeps_none(stack: Stack, tab: Tab) -> None:
    await tab.page.add_init_script("localStorage.setItem('authorized', 'by an earlier version')")
    await tab.page.goto(f"{stack.base_url}/api-docs")
    answer = await executed(tab.page, "Queue-getQueueStats")
    await answer.get_by_text("waiting").first.wait_for()
    assert await kept(tab.page) == "[{},{}]"
    assert tab.complaints == []


async def test_a_token_given_on_the_page_is_sent_and_kept_nowhere(stack: Stack, tab: Tab) -> None:
    await tab.page.route("**/api/local-token", lambda route: route.fulfill(json={"token": ""}))
    await tab.page.goto(f"{stack.base_url}/api-docs")
    await tab.page.get_by_role("button", name="Authorize").click()
    await tab.page.locator("#auth-bearer-value").fill(stack.token())
    await tab.page.get_by_label("Apply credentials").first.click()
    await tab.page.get_by_role("button", name="Close").first.click()
    answer = await executed(tab.page, "Queue-getQueueStats")
    await answer.get_by_text("waiting").first.wait_for()
    assert await kept(tab.page) == "[{},{}]"


async def test_a_command_on_the_page_runs_as_it_is_shown(stack: Stack, tab: Tab) -> None:
    await tab.page.goto(f"{stack.base_url}/api-docs")
    operation = tab.page.locator("#operations-Jobs-createJob")
    await operation.locator(".opblock-summary-control").click()
    command = await operation.locator(".code-sample code").inner_text()
    ran = await asyncio.create_subprocess_shell(
        f"{command} --silent --max-time 20",
        env={**os.environ, "TOKEN": stack.token()},
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await ran.communicate()
    assert json.loads(answer)["status"] == "queued"
    assert tab.complaints == []


def test_the_document_that_is_served_is_valid(stack: Stack) -> None:
    answer = httpx2.get(f"{stack.base_url}/api-docs/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert list(OpenAPIV31SpecValidator(answer.json()).iter_errors()) == []


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/api-docs", "text/html; charset=utf-8"),
        ("/api-docs/", "text/html; charset=utf-8"),
        ("/api-docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
        ("/studio/icon.svg", "image/svg+xml"),
    ],
)
def test_a_page_that_is_known_is_not_sent_again(stack: Stack, path: str, media_type: str) -> None:
    with httpx2.Client(base_url=stack.base_url) as client:
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert first.headers["content-type"] == media_type
    assert first.headers["content-security-policy"].startswith("default-src 'none'")
    assert len(first.content) == int(first.headers["content-length"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", ["/api-docs/nothing", "/api-docs/../settings.py", "/favicon.ico"])
def test_another_page_is_not_found_in_the_shape_of_the_guide(stack: Stack, path: str) -> None:
    answer = httpx2.get(f"{stack.base_url}{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] in ("PAGE_NOT_FOUND", "NOT_FOUND")
