"""The docs are a site, and none of its links leads nowhere."""

from pathlib import Path

import pytest

from deploy import site


def test_every_page_is_on_the_site() -> None:
    folder = site.build("https://code.example.com/tree/main")
    names = {Path(name).with_suffix(".html").name for name in site.PAGES.values()}
    assert names <= {file.name for file in folder.iterdir()}
    assert 'src="pictures/studio-tablet.webp"' in (folder / "index.html").read_text()


def test_a_link_to_code_leads_to_the_repository() -> None:
    text = site.page("docs/architecture.md", "https://code.example.com/tree/main")
    assert "(https://code.example.com/tree/main/services/common/errors.py)" in text
    assert "(reliability.md" in text


def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "api.md").write_text("[gone](gone.md)")
    with pytest.raises(ValueError, match=r"docs/api\.md has a link to gone\.md"):
        site.page("docs/api.md", "", root=tmp_path)
