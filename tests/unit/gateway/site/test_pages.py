"""The site's files come from a fixed table and load nothing from elsewhere."""

import re

import pytest

from services.common.errors import PageNotFound
from services.gateway.site.pages import PAGE_HEADERS, Pages

LINK = re.compile(r"""(?:href|src)=["']([^"']+)["']""")


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages({"openapi": "3.1.0"})


@pytest.mark.parametrize("path", ["/", "/api-docs"])
def test_pages_link_only_to_what_the_gateway_has(pages: Pages, path: str) -> None:
    links = LINK.findall(pages.get(path).content.decode())
    assert links
    for link in links:
        if link.startswith("/api-docs/"):
            assert pages.get(link).content
        else:
            assert link in ("/", "/api", "/api-docs", "/api/platforms", "/health")


@pytest.mark.parametrize("path", ["/", "/api-docs"])
def test_pages_hold_no_script_and_no_style_of_their_own(pages: Pages, path: str) -> None:
    content = pages.get(path).content.decode()
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|https?://", content)


def test_the_policy_allows_this_origin_only() -> None:
    policy = PAGE_HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/api-docs/",
        "/api-docs/../pages.py",
        "/api-docs/%2e%2e/pages.py",
        "/api-docs//icon.svg",
        "/api-docs/index.html",
        "/api-docs/swagger-ui.js",
        "/etc/passwd",
        "/api-docs/\x00",
    ],
)
def test_other_paths_lead_nowhere(pages: Pages, path: str) -> None:
    with pytest.raises(PageNotFound):
        pages.get(path)


def test_etags_are_quoted_and_differ_by_content(pages: Pages) -> None:
    other = Pages({"openapi": "3.1.1"})
    document = "/api-docs/openapi.json"
    assert pages.get(document).etag != other.get(document).etag
    assert pages.get("/").etag == other.get("/").etag
    assert re.fullmatch(r'"[0-9a-f]{32}"', pages.get("/").etag)
