from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.common.errors import InvalidRequest, ProviderBadAnswer, ProviderUnavailable
from services.generator.kept import KeptAnswers
from services.generator.providers.port import Painted, RawAnswer
from services.generator.verify import ImageLimits
from tests.servers.openai_api import picture
from tests.unit.generator.scripted_provider import ScriptedProvider

IMAGE = picture()


class Reading(ScriptedProvider):
    """A provider whose kept answers hold what a test says, or nothing, or never end."""

    def __init__(self, name: str, image: bytes | type[TimeoutError] | None) -> None:
        super().__init__(name=name)
        self._image = image
        self.read_answers: list[RawAnswer] = []

    async def read(self, raw: RawAnswer) -> Painted:
        self.read_answers.append(raw)
        if self._image is None:
            raise ProviderBadAnswer("nothing")
        if not isinstance(self._image, bytes):
            raise TimeoutError
        return Painted(image=self._image, raw=raw)


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 2):
        yield data[start : start + 2]


def kept(*providers: Reading) -> KeptAnswers:
    return KeptAnswers(
        providers=providers,
        limits=ImageLimits(max_bytes=100_000, max_pixels=100_000),
        most_bytes=10,
        timeout_seconds=5,
        threads=ThreadPoolExecutor(1),
    )


async def test_the_provider_that_answered_reads_its_answer_again() -> None:
    one, other = Reading("one", None), Reading("other", IMAGE)
    image, _ = await kept(one, other).read("other", "application/json", 4, chunks(b"four"))
    assert (image.data, image.width) == (IMAGE, 64)
    assert other.read_answers == [RawAnswer("application/json", b"four")]
    assert not one.read_answers


async def test_the_answer_of_a_provider_that_is_gone_is_read_by_any() -> None:
    one, other = Reading("one", None), Reading("other", IMAGE)
    image, _ = await kept(one, other).read("third", "application/json", 4, chunks(b"four"))
    assert image.data == IMAGE


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (None, ProviderBadAnswer),
        (b"no image", ProviderBadAnswer),
        (TimeoutError, ProviderUnavailable),
    ],
)
async def test_an_answer_without_an_image_says_why(
    image: bytes | type[TimeoutError] | None, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        await kept(Reading("one", image)).read("one", "text/plain", 4, chunks(b"four"))


@pytest.mark.parametrize("size_bytes", [0, -1, 3, 5, 11])
async def test_an_upload_of_another_length_is_refused(size_bytes: int) -> None:
    with pytest.raises(InvalidRequest):
        await kept(Reading("one", IMAGE)).read("one", "text/plain", size_bytes, chunks(b"four"))
