"""A tab with the studio in it, and what a person does there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import ConsoleMessage, Locator, Page, Request, Route

from deploy.local.stack import Stack

SLOWLY = "[standin: delay=2]"
"""In a prompt: the stand-in takes so many seconds, with previews on the way."""


@dataclass(kw_only=True, slots=True)
class Tab:
    """`complaints` are errors of the page, `foreign` the addresses outside of the stack."""

    page: Page
    stack: Stack
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note what the page should not do. A refused request is told to people, not here."""

        def heard(message: ConsoleMessage) -> None:
            if not message.text.startswith("Failed to load resource"):
                self.complaints.append(message.text)

        def asked(request: Request) -> None:
            if not request.url.startswith((f"{self.home}/", "data:", "blob:")):
                self.foreign.append(request.url)

        self.page.on("console", heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", asked)

    @property
    def home(self) -> str:
        """The address of the page, as `make run` prints it."""
        return f"http://localhost:{self.stack.port}"

    async def open(self, place: str = "") -> None:
        """Load the page and wait until it is ready for use."""
        await self.page.goto(f"{self.home}/{place}")
        await self.page.locator(".platform").first.wait_for()

    async def sign_in(self, token: str) -> None:
        """Give a token in the dialog, which is opened unless the page did so."""
        if not await self.page.locator("#sign-in").is_visible():
            await self.page.locator("#account").click()
        await self.page.get_by_label("Token", exact=True).fill(token)
        await self.page.get_by_role("button", name="Use this token").click()

    async def create(self, prompt: str, *platforms: str) -> None:
        """Order images; without platforms, for those that are chosen already."""
        for box in await self.page.locator(".platform").all() if platforms else []:
            name = await box.locator("b").text_content()
            await box.locator("input").set_checked(name in platforms)
        await self.page.get_by_label("What should be painted?").fill(prompt)
        await self.page.get_by_role("button", name="Create images").click()

    async def wait_for(self, status: str) -> None:
        """Wait until the job on the stage is in this state."""
        await self.page.locator(f'.panel[data-status="{status}"]').wait_for()

    @asynccontextmanager
    async def held(self, addresses: str) -> AsyncIterator[None]:
        """Let requests to these addresses, a glob, wait until the block ends."""
        end = asyncio.Event()

        async def wait(route: Route) -> None:
            await end.wait()
            await route.continue_()

        await self.page.route(addresses, wait)
        yield
        end.set()

    async def save(self, control: Locator, folder: Path) -> Path:
        """Click what saves a file, and return the file, which then lies in `folder`."""
        async with self.page.expect_download() as saved:
            await control.click()
        download = await saved.value
        file = folder / download.suggested_filename
        await download.save_as(file)
        return file

    def frames(self, state: str = "") -> Locator:
        """Return the frames of the stage, all or those in one state."""
        return self.page.locator(f'.frame[data-state="{state}"]' if state else ".frame")

    @property
    def job_id(self) -> str:
        """The job that the address names."""
        return self.page.url.rpartition("/")[2]
