"""What goes wrong is said clearly, and what can heal does so by itself."""

import json
import re
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Browser, Request, Route, expect

from deploy.local.stack import Stack
from tests.e2e.client import create, finish, open_client
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import SLOWLY, Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOUD = """"><img src=x onerror="window.hit = 1"><script>window.hit = 1</script><b>bold</b>"""


async def test_mistakes_are_named_while_typing_and_stop_the_order(tab: Tab) -> None:
    await tab.open()
    prompt = tab.page.get_by_label("What should be painted?")
    problem, count = tab.page.locator("#prompt-problem"), tab.page.locator("#prompt-count")
    await tab.create("A cat", "Twitter Post")
    await expect(problem).to_have_text("At least 10 characters, 5 more.")
    await expect(prompt).to_be_focused()
    await prompt.fill("A cat on 🛥")
    await expect(problem).to_be_empty()
    await expect(count).to_have_text("10 / 4,000")
    await prompt.fill("a" * 4_012)
    await expect(problem).to_have_text("At most 4,000 characters, 12 too many.")
    await prompt.fill("A cat on a boat")
    await tab.page.get_by_label("Twitter Post").uncheck()
    await expect(tab.page.locator("#platforms-problem")).to_have_text(
        "Choose at least one platform."
    )
    await tab.page.get_by_role("button", name="Create images").click()
    await expect(tab.page.get_by_label("Instagram Post")).to_be_focused()
    assert "#" not in tab.page.url


async def test_what_only_the_service_can_find_is_told_at_the_field(tab: Tab) -> None:
    await tab.open()
    # As if the platform had gone since the page was loaded.
    await tab.page.locator('.platform input[value="twitter-post"]').evaluate(
        "box => { box.value = 'myspace'; box.checked = true; }"
    )
    await tab.page.get_by_label("What should be painted?").fill("A cat on a boat")
    await tab.page.get_by_role("button", name="Create images").click()
    await expect(tab.page.locator("#create-problem")).to_contain_text("Something is not right yet")
    await expect(tab.page.locator("#platforms-problem")).to_contain_text("is unknown")


async def test_a_refused_prompt_says_so_and_what_to_do(tab: Tab) -> None:
    await tab.open()
    await tab.create("A brawl in a bar [standin: fail=moderated]", "Twitter Post")
    await tab.wait_for("failed")
    problem = tab.page.locator(".panel .problem-box")
    await expect(problem).to_contain_text("The prompt was refused")
    await expect(problem).to_contain_text("Please word it differently.")
    await expect(tab.frames("done")).to_have_count(0)
    await tab.page.get_by_role("button", name="Change order").click()
    await expect(tab.page.get_by_label("What should be painted?")).to_be_focused()


async def test_a_failed_attempt_is_told_and_heals(tab: Tab) -> None:
    await tab.open()
    await tab.create("A tower by the sea [standin: fail=overloaded times=1]", "Twitter Post")
    await tab.wait_for("delayed")
    await expect(tab.page.locator(".panel")).to_contain_text("tried again by itself at")
    await expect(tab.page.locator(".panel .problem-box")).to_contain_text("does not answer")
    await expect(tab.page.locator(".panel")).not_to_contain_text(re.compile("please", re.I))
    await tab.wait_for("completed")
    await expect(tab.page.locator(".panel .problem-box")).to_be_hidden()


async def test_what_a_completed_job_lacks_is_told_and_can_be_made(tab: Tab) -> None:
    async with open_client(tab.stack) as client:
        made = await create(client, "A tower by the sea", "twitter-post")
        await finish(client, made["jobId"])
        job = (await client.get(f"/api/jobs/{made['jobId']}")).json()
    why = {"code": "RESIZE_FAILED", "message": "It could not be cut.", "retryable": True}
    lost = {"platform": "X Header", "platformId": "x-header", "master": 0, "error": why}
    result = {**job["result"], "success": False, "failures": [lost]}
    await tab.page.route(f"**/api/jobs/{made['jobId']}", partial(answer, {**job, "result": result}))
    await tab.open(f"#/job/{made['jobId']}")
    await expect(tab.page.locator(".panel .message")).to_have_text("1 image, 1 missing")
    await expect(tab.page.locator(".panel .problem-box")).to_contain_text("It could not be cut.")
    await expect(tab.page.get_by_role("button", name="Make what is missing")).to_be_visible()


async def answer(content: dict[str, Any], route: Route) -> None:
    await route.fulfill(json=content)


async def test_a_limit_counts_down_and_then_lets_you_go_on(
    strict_tab: Tab, strict_stack: Stack
) -> None:
    tab = strict_tab
    await tab.open()
    await tab.sign_in(strict_stack.token("hasty"))
    await expect(tab.page.locator("#account")).to_have_text("hasty")
    await tab.page.get_by_label("What should be painted?").fill("Another balloon over the hills")
    async with open_client(strict_stack, "hasty") as client:
        body = {"userId": "hasty", "prompt": "A balloon over the hills"}
        await client.post("/api/jobs", json={**body, "platforms": ["twitter-post"]})
    await tab.page.locator("#create").click()
    problem = tab.page.locator("#create-problem")
    await expect(problem).to_contain_text("You have reached the limit")
    await expect(problem.locator(".countdown")).to_contain_text("Try again in")
    button = tab.page.locator("#create")
    await expect(button).to_have_attribute("aria-disabled", "true")
    await expect(problem.locator(".countdown")).to_contain_text("You can try again now.")
    await expect(button).not_to_have_attribute("aria-disabled", "true")
    await button.click()
    await expect(tab.page.locator(".quote")).to_have_text("Another balloon over the hills")


async def test_without_a_good_token_the_page_asks_for_one(
    strict_tab: Tab, strict_stack: Stack
) -> None:
    tab = strict_tab
    await tab.open()
    dialog, problem = tab.page.locator("#sign-in"), tab.page.locator("#token-problem")
    await expect(dialog).to_be_visible()
    await tab.sign_in(LOUD)
    await expect(problem).to_have_text("This is not a token.")
    head, _, tail = strict_stack.token("somebody").rpartition(".")
    await tab.sign_in(f"{head}.{tail[::-1]}")
    await expect(problem).to_have_text("The token is not valid.")
    await tab.sign_in(strict_stack.token("somebody"))
    await expect(dialog).to_be_hidden()
    await expect(tab.page.locator("#account")).to_have_text("somebody")
    await expect(tab.page.locator("#history-note")).to_have_text("There is nothing in the history.")
    await tab.page.evaluate("sessionStorage.setItem('snapasset.token', 'x.e30.y')")
    await tab.page.reload()
    await expect(dialog).to_be_visible()


async def test_the_gateway_dies_in_mid_job_and_the_page_catches_up(
    strict_tab: Tab, strict_stack: Stack
) -> None:
    tab = strict_tab
    await tab.open()
    await tab.sign_in(strict_stack.token("patient"))
    await tab.create(f"A palm on the beach {SLOWLY}", "Instagram Post", "Twitter Post")
    await tab.wait_for("active")
    strict_stack.processes["gateway"].kill()
    await expect(tab.page.locator(".panel .hint")).to_contain_text("The job goes on")
    await tab.wait_for("completed")
    await expect(tab.frames("done")).to_have_count(2)
    await expect(tab.page.locator(".panel .hint")).to_be_empty()


async def test_offline_in_mid_job_is_told_and_caught_up_with(tab: Tab) -> None:
    await tab.open()
    await tab.create(f"A cactus at noon {SLOWLY}", "Instagram Post")
    await tab.wait_for("active")
    await tab.page.context.set_offline(True)
    await expect(tab.page.locator("#offline")).to_contain_text("You are offline")
    await tab.page.get_by_label("What should be painted?").fill("A cactus at midnight")
    await tab.page.get_by_role("button", name="Create images").click()
    await expect(tab.page.locator("#create-problem")).to_contain_text("No connection")
    await tab.page.context.set_offline(False)
    await expect(tab.page.locator("#offline")).to_be_hidden()
    await tab.wait_for("completed")


async def test_an_order_whose_answer_was_lost_is_not_made_twice(tab: Tab) -> None:
    await tab.open()
    keys: list[str] = []

    def asked(request: Request) -> None:
        if request.method == "POST":
            keys.append(request.headers["idempotency-key"])

    tab.page.on("request", asked)
    await tab.page.context.set_offline(True)
    await tab.create("A tree on a hill by the lake", "Twitter Post")
    await expect(tab.page.locator("#create-problem")).to_contain_text("No connection")
    await tab.page.context.set_offline(False)
    await tab.page.locator("#create").click()
    await tab.wait_for("completed")
    assert len(keys) > 1
    assert len(set(keys)) == 1


async def test_nothing_that_is_given_becomes_html(browser: Browser, stack: Stack) -> None:
    async with open_client(stack, "user-123") as client:
        job = await create(client, f"Old {LOUD}", "twitter-post")
        failing = await create(client, f"Bad {LOUD} [standin: fail=moderated]", "twitter-post")
    async with open_tab(browser, stack) as tab:
        draft = json.dumps({"prompt": LOUD, "platforms": LOUD, "options": {"style": LOUD}})
        await tab.page.add_init_script(f"sessionStorage['snapasset.draft'] ??= {json.dumps(draft)}")
        await tab.open()
        await expect(tab.page.get_by_label("What should be painted?")).to_have_value(LOUD)
        await tab.create(LOUD, "Twitter Post")
        await tab.wait_for("completed")
        await expect(tab.page.locator(".quote")).to_have_text(LOUD)
        await expect(tab.page.locator(".past-card b").first).to_have_text(LOUD)
        for made in (job, failing):
            await tab.page.evaluate("id => { location.hash = `#/job/${id}`; }", made["jobId"])
            await expect(tab.page.locator(".quote")).to_contain_text(LOUD)
        await tab.sign_in(LOUD)
        await expect(tab.page.locator("#token-problem")).to_have_text("This is not a token.")
        for place in (f"#/job/{LOUD}", f"#{LOUD}", f"?{LOUD}"):
            await tab.page.goto(f"{tab.home}/{place}")
            await tab.page.locator(".platform").first.wait_for()
        assert await tab.page.evaluate("window.hit") is None
        assert await tab.page.locator('img[src="x"], b b, .quote b, main script').count() == 0


async def test_a_job_may_be_left_while_the_page_asks_who_has_painted_it(tab: Tab) -> None:
    await tab.open()
    async with tab.held("**/api/generations/*"):
        async with tab.page.expect_request("**/api/generations/*"):
            await tab.create("A mill by the river", "Twitter Post")
        await tab.page.evaluate("location.hash = ''")
        await expect(tab.page.locator(".ghosts .frame")).to_have_count(1)


async def test_another_ones_job_looks_like_none(tab: Tab) -> None:
    async with open_client(tab.stack, "somebody-else") as client:
        body = {
            "userId": "somebody-else",
            "prompt": "A secret garden",
            "platforms": ["twitter-post"],
        }
        job = (await client.post("/api/jobs", json=body)).json()
    await tab.open(f"#/job/{job['jobId']}")
    await expect(tab.page.locator(".stage .notice")).to_contain_text("There is no such job")
    await tab.page.get_by_role("link", name="Make a new one").click()
    await expect(tab.page.locator(".ghosts .frame")).to_have_count(3)
