"""The images lie in a private bucket at another origin: the studio gets them by signed links."""

import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from deploy.local.forks import ForkServer
from deploy.local.stack import Stack, running_stack
from tests.e2e.studio.conftest import open_tab
from tests.e2e.studio.tab import Tab
from tests.servers.go_programs import NoProgram
from tests.servers.s3 import S3Server, running_s3

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def bucket() -> Iterator[S3Server]:
    """A server whose CORS rules name the studio's address, but not its other one."""
    try:
        with running_s3(MINIO_API_CORS_ALLOW_ORIGIN="http://localhost:*") as server:
            yield server
    except NoProgram as error:
        pytest.skip(f"no S3 server: {error}")


@pytest.fixture(scope="module")
def private_stack(
    bucket: S3Server, tmp_path_factory: pytest.TempPathFactory, forks: ForkServer
) -> Iterator[Stack]:
    """A stack that signs links to the bucket."""
    environ = {
        "S3_ENDPOINT": bucket.endpoint,
        "S3_ACCESS_KEY": bucket.access_key,
        "S3_SECRET_KEY": bucket.secret_key,
        "S3_SECURE": "false",
        "IMAGE_LINKS": "presigned",
        "S3_PUBLIC_URL": f"http://{bucket.endpoint}",
    }
    with running_stack(tmp_path_factory.mktemp("private"), environ=environ, forks=forks) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def private_tab(
    browser: Browser, private_stack: Stack, bucket: S3Server
) -> AsyncIterator[Tab]:
    async with open_tab(browser, private_stack) as tab:
        yield tab
        elsewhere = {url.partition("?")[0] for url in tab.foreign}
        assert elsewhere
        assert all(url.startswith(f"http://{bucket.endpoint}/") for url in elsewhere)
        tab.foreign.clear()


async def test_images_of_another_origin_are_shown_and_saved(
    private_tab: Tab, tmp_path: Path
) -> None:
    tab = private_tab
    await tab.open()
    await tab.create("A lighthouse in a storm", "Twitter Post", "Instagram Post")
    await check_shown(tab)
    one = await tab.save(tab.page.get_by_role("link", name="Download Twitter Post"), tmp_path)
    packed = await tab.save(tab.page.get_by_role("button", name="Download all"), tmp_path)
    assert one.name == "twitter-post-1200x675.jpg"
    with zipfile.ZipFile(packed) as archive:
        assert set(archive.namelist()) == {one.name, "instagram-post-1080x1080.jpg"}
        assert archive.read(one.name) == one.read_bytes()


async def test_where_the_bucket_allows_no_page_images_are_shown_and_the_page_says_so(
    browser: Browser, private_stack: Stack, bucket: S3Server
) -> None:
    async with await browser.new_context() as context:
        tab = Tab(page=await context.new_page(), stack=private_stack)
        await tab.page.goto(f"http://127.0.0.1:{private_stack.port}/")
        await tab.create("A lighthouse in a storm", "Twitter Post", "Instagram Post")
        await check_shown(tab)
        async with context.expect_page() as opened:
            await tab.page.get_by_role("link", name="Download Twitter Post").click()
        assert (await opened.value).url.startswith(f"http://{bucket.endpoint}/")
        await tab.page.get_by_role("button", name="Download all").click()
        await expect(tab.page.get_by_role("alert")).to_contain_text("cannot be reached")


async def check_shown(tab: Tab) -> None:
    await tab.wait_for("completed")
    picture = tab.frames("done").filter(has_text="Twitter Post").locator(".picture > img")
    natural = await picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert natural == 1200
