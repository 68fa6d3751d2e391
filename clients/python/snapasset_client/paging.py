"""Goes through the pages of a list."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from .errors import BAD_ANSWER, SnapAssetError

PAGE_SIZE = 100
_EMPTY_PAGES = 100
"""A page may be empty, when what stood on it is gone; so many in a row are no list."""

Entry = TypeVar("Entry")


async def entries(
    ask: Callable[[str], Awaitable[tuple[Sequence[Entry], str]]],
) -> AsyncIterator[Entry]:
    """Yield the entries of each page that `ask` returns for a cursor, with the cursor of the next.

    Raises SnapAssetError, also for pages that go round in circles or lead nowhere.
    """
    cursor, seen, empty = "", {""}, 0
    while True:
        page, cursor = await ask(cursor)
        for entry in page:
            yield entry
        if not cursor:
            return
        empty = 0 if page else empty + 1
        if cursor in seen or empty > _EMPTY_PAGES:
            raise SnapAssetError("The pages of the list do not come to an end.", code=BAD_ANSWER)
        seen.add(cursor)
