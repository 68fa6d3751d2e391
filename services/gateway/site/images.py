"""Public images: which objects in storage are public, and what an answer says about one."""

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from services.common.errors import ImageNotFound, InvalidRequest, NotFound
from services.gateway.site.ranges import Span
from services.leaves.storage import StorageClient

_PATH = re.compile(r"[^/]+/[^/]+/(?P<name>[a-z0-9-]+-[0-9]+x[0-9]+\.(?:jpg|png|webp|avif))")
"""Owner, generation and rendition. Everything else in a generation stays private: the master,
which was paid for and is needed only to cut more from, and our own notes on it."""

TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif"})
"""What a browser shows and never runs; as in the contract of GetImage."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFacts:
    """A stored image. `name` is what it is called when it is saved."""

    key: str
    name: str
    content_type: str
    size_bytes: int
    sha256: str

    @property
    def etag(self) -> str:
        """Names this version of it, with the quotes of the header."""
        return f'"{self.sha256}"'


class Images:
    """Reads images from storage. If they are private, nobody gets one here."""

    def __init__(self, storage: StorageClient, *, private: bool) -> None:
        self._storage = storage
        self._private = private

    async def facts(self, path: str) -> ImageFacts:
        """Return what is known of the image at `path`. Raises ImageNotFound."""
        found = _PATH.fullmatch(path)
        if found is None or self._private:
            raise _missing()
        with _object_is_an_image():
            stored = await self._storage.stat(path)
        if stored.content_type not in TYPES:
            raise _missing()
        return ImageFacts(
            key=path,
            name=found["name"],
            content_type=stored.content_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
        )

    async def read(self, image: ImageFacts, span: Span | None) -> AsyncGenerator[bytes, None]:
        """Yield the image, or a part of it, in chunks. Raises ImageNotFound.

        Raises Unavailable before the first chunk when `image` has been replaced since.
        """
        offset, length = (span.offset, span.length) if span else (None, None)
        with _object_is_an_image():
            reading = self._storage.get(image.key, offset, length, image.sha256)
            async with aclosing(reading) as chunks:
                async for chunk in chunks:
                    yield chunk


@contextmanager
def _object_is_an_image() -> Iterator[None]:
    """Translate storage's errors about objects into errors about images."""
    try:
        yield
    except (NotFound, InvalidRequest) as error:
        raise _missing() from error


def _missing() -> ImageNotFound:
    return ImageNotFound("There is no image at this path.")
