"""Reading what a store gives, also when it gives less or something else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from services.common.errors import InternalError, Unavailable
from services.common.keys import object_key
from services.storage.facts import ObjectFacts
from services.storage.reading import Reading

DATA = b"0123456789"
FACTS = ObjectFacts(
    key=object_key("ada/1/master.png"),
    content_type="image/png",
    size_bytes=len(DATA),
    sha256=sha256(DATA).hexdigest(),
    stored_at=datetime(2026, 11, 1, tzinfo=UTC),
)


class Given:
    """A Source that gives these chunks, then nothing."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = list(chunks)

    def read(self, size: int, /) -> bytes:
        return self._chunks.pop(0) if self._chunks else b""

    def close(self) -> None:
        """Hold nothing."""


def test_an_object_that_comes_in_small_pieces_is_whole() -> None:
    assert Reading(FACTS, Given([b"012", b"34567", b"89"]), 0, None).read_all() == DATA


@pytest.mark.parametrize(("offset", "length"), [(0, None), (0, 5), (2, None), (2, 5)])
def test_an_object_that_ends_early_is_never_taken_for_whole(
    offset: int, length: int | None
) -> None:
    with pytest.raises(Unavailable):
        Reading(FACTS, Given([b"012"]), offset, length).read_all()


def test_an_object_whose_bytes_have_changed_is_called_damaged() -> None:
    with pytest.raises(InternalError):
        Reading(FACTS, Given([b"0123456780"]), 0, None).read_all()


def test_a_range_that_happens_to_be_all_is_verified_too() -> None:
    with pytest.raises(InternalError):
        Reading(FACTS, Given([b"0123456780"]), 0, 100).read_all()


def test_a_range_cannot_be_verified() -> None:
    assert Reading(FACTS, Given([b"xx"]), 2, 2).read_all() == b"xx"
