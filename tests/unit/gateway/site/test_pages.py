"""The site's files come from a fixed table and load nothing from elsewhere."""

import re
from urllib.parse import urljoin

import pytest

from services.common.errors import PageNotFound
from services.gateway.site.pages import Pages, page_headers

IMAGES = "https://images.example/of/ours"

LINK = re.compile(r"""(?:href|src)=["']([^"'#]+)["']""")
IMPORT = re.compile(r"""^(?:import|export) [^;(]*?from '([^']+)'""", re.MULTILINE)
LATER = re.compile(r"""import\('(\.[^']+)'\)""")


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(lambda: {"openapi": "3.1.0"}, IMAGES)


@pytest.mark.parametrize("path", ["/", "/api-docs"])
def test_pages_link_only_to_what_the_gateway_has(pages: Pages, path: str) -> None:
    links = LINK.findall(pages.get(path).content.decode())
    assert links
    for link in links:
        if link.startswith(("/api-docs/", "/studio/")):
            assert pages.get(link).content
        else:
            assert link in ("/", "/api", "/api-docs", "/api/platforms", "/health")


@pytest.mark.parametrize("path", ["/", "/api-docs"])
def test_pages_hold_no_script_and_no_style_of_their_own(pages: Pages, path: str) -> None:
    content = pages.get(path).content.decode()
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|https?://", content)


def loaded_with(pages: Pages, path: str, *ways: re.Pattern[str]) -> set[str]:
    """Return the scripts that one at `path` brings with it, itself included."""
    seen: set[str] = set()
    todo = [path]
    while todo:
        path = todo.pop()
        seen.add(path)
        content = pages.get(path).content.decode()
        imported = [one for way in ways for one in way.findall(content)]
        todo += {urljoin(path, one) for one in imported} - seen
    return seen


def test_scripts_import_only_what_the_gateway_has(pages: Pages) -> None:
    seen = loaded_with(pages, "/studio/studio.js", IMPORT, LATER)
    assert {"/studio/sdk/client.js", "/studio/editor.js"} <= seen


def test_the_first_view_weighs_less_than_150_kb_and_the_editor_comes_later(pages: Pages) -> None:
    scripts = loaded_with(pages, "/studio/studio.js", IMPORT)
    assert "/studio/editor.js" not in scripts
    linked = set(LINK.findall(pages.get("/").content.decode()))
    files = [path for path in pages.paths if path in {"/", *linked, *scripts}]
    assert 50_000 < sum(len(pages.get(path).content) for path in files) < 150_000


def test_the_policy_allows_this_origin_and_that_of_the_images_only() -> None:
    policy = page_headers(IMAGES)["content-security-policy"]
    assert "unsafe" not in policy
    assert re.findall(r"http\S*?(?=[; ])", policy) == ["https://images.example"] * 2
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/api-docs/",
        "/api-docs/../pages.py",
        "/api-docs/%2e%2e/pages.py",
        "/api-docs//swagger-ui.css",
        "/studio",
        "/studio/",
        "/studio/index.html",
        "/studio/README.md",
        "/studio/../javascript/package.json",
        "/studio/sdk/index.d.ts",
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
    other = Pages(lambda: {"openapi": "3.1.1"}, IMAGES)
    document = "/api-docs/openapi.json"
    assert pages.get(document).etag != other.get(document).etag
    assert pages.get("/").etag == other.get("/").etag
    assert re.fullmatch(r'"[0-9a-f]{32}"', pages.get("/").etag)
