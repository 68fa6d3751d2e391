"""A list ends, whatever its pages say."""

from collections.abc import Sequence

import pytest

from clients.python.snapasset_client import SnapAssetError
from clients.python.snapasset_client.paging import entries


class Pages:
    """Answers with one page after the other; the last one repeats."""

    def __init__(self, *pages: tuple[Sequence[int], str]) -> None:
        self.pages = list(pages)
        self.asked: list[str] = []

    async def ask(self, cursor: str) -> tuple[Sequence[int], str]:
        self.asked.append(cursor)
        return self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]


async def test_every_page_is_asked_for_once() -> None:
    pages = Pages(([1, 2], "b"), ([], "c"), ([3], ""))
    assert [entry async for entry in entries(pages.ask)] == [1, 2, 3]
    assert pages.asked == ["", "b", "c"]


@pytest.mark.parametrize(
    "pages",
    [
        Pages(([1], "a")),
        Pages(([1], "a"), ([2], "b"), ([3], "a")),
        Pages(*(([], str(number)) for number in range(1, 1000))),
    ],
)
async def test_pages_without_an_end_are_an_error(pages: Pages) -> None:
    with pytest.raises(SnapAssetError) as caught:
        [entry async for entry in entries(pages.ask)]
    assert caught.value.code == "BAD_ANSWER"
    assert len(pages.asked) <= 102
