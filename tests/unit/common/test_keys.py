"""Keys and segments: what is allowed, and that nothing else is."""

import re
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.errors import InvalidRequest
from services.common.keys import generation_folder, object_key, user_segment

UUID = "0192f0c1-2b3c-7def-8abc-0123456789ab"
USER_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}", fullmatch=True)
MEANINGS = {"__": "_", "_a": "@", "_c": ":", "_p": "+"}


def owner_of(segment: str) -> str:
    return re.sub("_.", lambda pair: MEANINGS[pair[0]], segment)


@given(USER_IDS)
def test_the_segment_of_an_owner_is_a_key_that_leads_back_to_the_owner(user_id: str) -> None:
    segment = user_segment(user_id)
    assert object_key(segment) == segment
    assert owner_of(segment) == user_id


@given(USER_IDS, USER_IDS)
def test_two_owners_never_share_a_segment(one: str, other: str) -> None:
    assert (user_segment(one) == user_segment(other)) == (one == other)


def test_the_longest_owner_fits_into_a_segment() -> None:
    assert len(object_key(user_segment("a" + "@" * 127))) == 255


@given(st.text(max_size=140))
def test_a_text_is_refused_or_safe_as_an_owner(text: str) -> None:
    try:
        segment = user_segment(text)
    except InvalidRequest:
        return
    assert object_key(segment)
    assert owner_of(segment) == text


@pytest.mark.parametrize("user_id", ["", ".", "..", "_a", "@a", "a/b", "a b", "a\n", "a" * 129])
def test_what_is_no_owner_is_refused_by_name(user_id: str) -> None:
    with pytest.raises(InvalidRequest, match="userId must be 1 to 128 letters") as refusal:
        user_segment(user_id)
    assert [mistake.field for mistake in refusal.value.fields] == ["userId"]


@given(st.text(alphabet="a./\\_-~% \n\0é:", max_size=40) | st.text())
def test_a_text_is_refused_or_stays_below_its_root(text: str) -> None:
    try:
        key = object_key(text)
    except InvalidRequest:
        return
    parts = PurePosixPath("/root", key).parts
    assert parts == ("/", "root", *text.split("/"))
    assert 1 <= len(parts) - 2 <= 8
    assert not any(part.startswith(".") for part in parts)
    assert re.fullmatch(r"[A-Za-z0-9._/-]+", key)


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/.b", "a\n", "a b", "é", "a\\b"),
        *("a:b", "a@b", "a" * 256, "/".join("123456789"), "/".join(["x" * 200] * 6)),
    ],
)
def test_what_is_no_key_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRequest, match="must be 1 to 8 segments") as refusal:
        object_key(text, "keys[3]")
    assert [mistake.field for mistake in refusal.value.fields] == ["keys[3]"]


def test_the_folder_of_a_generation_names_its_owner_and_itself() -> None:
    assert generation_folder("ada@home", UUID) == f"ada_ahome/{UUID}/"


@pytest.mark.parametrize(
    "text", ["", "1", UUID.upper(), UUID.replace("-", ""), f"{{{UUID}}}", f"{UUID}\n", "../../a"]
)
def test_a_generation_has_one_spelling(text: str) -> None:
    with pytest.raises(InvalidRequest, match="generationId must be a UUID"):
        generation_folder("ada", text)
