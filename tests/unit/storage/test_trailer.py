"""The facts at the end of a file."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.keys import object_key
from services.storage.facts import ObjectFacts
from services.storage.trailer import TRAILER_BYTES, pack, unpack

KEY = object_key("ada/1/master.png")
FACTS = st.builds(
    ObjectFacts,
    key=st.just(KEY),
    content_type=st.from_regex(r"[a-z0-9]{1,63}/[a-z0-9.+-]{1,63}", fullmatch=True),
    size_bytes=st.integers(0, 2**50),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    stored_at=st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1)).map(
        lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000, tzinfo=UTC)
    ),
)


@given(FACTS)
def test_facts_come_back_from_a_trailer_of_fixed_length(facts: ObjectFacts) -> None:
    trailer = pack(facts)
    assert len(trailer) == TRAILER_BYTES
    assert unpack(KEY, trailer, facts.size_bytes + TRAILER_BYTES) == facts


@given(FACTS, st.integers(1, 1000))
def test_a_file_of_another_length_is_noticed(facts: ObjectFacts, more: int) -> None:
    with pytest.raises(ValueError, match="differs from what was stored"):
        unpack(KEY, pack(facts), facts.size_bytes + TRAILER_BYTES + more)


@given(st.binary(max_size=TRAILER_BYTES) | st.sampled_from([b"[]", b"{}", b"1", b"null"]))
def test_a_file_of_others_is_noticed(trailer: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of json or ours
        unpack(KEY, trailer, len(trailer))
