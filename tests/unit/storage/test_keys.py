"""Where records lie, and that nobody else can name them."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidRequest
from services.common.keys import object_key, user_segment
from services.storage.keys import page_start, page_token, public_key, record_key, records_folder

USER_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}", fullmatch=True)
UUIDS = st.integers(0, 2**128 - 1).map(lambda number: str(UUID(int=number)))


@given(USER_IDS, UUIDS, UUIDS)
def test_a_newer_record_comes_before_an_older_one(user_id: str, one: str, other: str) -> None:
    keys = record_key(user_id, one), record_key(user_id, other)
    assert (keys[0] < keys[1]) == (one > other)
    assert (keys[0] == keys[1]) == (one == other)


@given(USER_IDS, UUIDS)
def test_the_key_of_a_record_is_a_key_that_callers_may_not_name(user_id: str, made: str) -> None:
    key = record_key(user_id, made)
    assert object_key(key) == key
    with pytest.raises(InvalidRequest, match="where records are kept"):
        public_key(key)


@given(USER_IDS)
def test_the_objects_of_any_owner_can_be_named(user_id: str) -> None:
    key = f"{user_segment(user_id)}/1/master.png"
    assert public_key(key) == key


def test_an_owner_may_be_called_like_the_records() -> None:
    assert public_key(user_segment("records") + "/1") == "records/1"
    assert records_folder("records") == "_records/records/"


@given(USER_IDS, UUIDS)
def test_a_token_leads_back_to_its_key(user_id: str, made: str) -> None:
    key = record_key(user_id, made)
    assert page_start(user_id, page_token(key)) == key


@given(st.text(min_size=1))
def test_any_other_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidRequest, match="pageToken must be"):
        page_start("ada", token)
