import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.generator.web.spellings import from_base64, from_json, is_data_url, tame

BYTES = bytes(range(256)) * 3 + b"x"
PLAIN = base64.b64encode(BYTES).decode()
URL_SAFE = base64.urlsafe_b64encode(BYTES).decode()


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        URL_SAFE,
        PLAIN.rstrip("="),
        URL_SAFE.rstrip("="),
        "\r\n".join(PLAIN[start : start + 76] for start in range(0, len(PLAIN), 76)),
        f"  {PLAIN}\n",
        f"data:image/png;base64,{PLAIN}",
        f"DATA:image/jpeg;charset=utf-8;BASE64,{URL_SAFE}",
        f"data:;base64,{PLAIN.replace('+', '%2B').replace('/', '%2F').replace('=', '%3D')}",
    ],
)
def test_the_same_bytes_are_read_in_every_spelling(text: str) -> None:
    assert from_base64(text) == BYTES


@given(st.binary(max_size=50))
def test_any_bytes_come_back_without_their_padding(data: bytes) -> None:
    assert from_base64(base64.urlsafe_b64encode(data).decode().rstrip("=")) == data


@pytest.mark.parametrize("text", ["***", "abc?", "a", "äöü=", "data:image/png;base64,*"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        from_base64(text)


def test_a_data_url_is_told_from_an_address() -> None:
    assert is_data_url(" Data:image/png;base64,AAAA")
    assert not is_data_url("https://images.example/data:a,b")


IMAGE = {"data": [{"b64_json": "AAAA"}]}


@pytest.mark.parametrize(
    "beside",
    [
        b'"note": "a lion \\ud83e"',
        b'"note": "line\nbreak\x01"',
        b'"note": "\xff\xfe"',
        b'"created": ' + b"9" * 5000,
        b'"created": NaN',
    ],
)
def test_what_stands_beside_an_image_does_not_cost_it(beside: bytes) -> None:
    data = b"\xef\xbb\xbf{" + beside + b"," + json.dumps(IMAGE).encode()[1:]
    assert from_json(data)["data"] == IMAGE["data"]


@pytest.mark.parametrize(
    "data",
    [
        b'{"deep": ' + b"[" * 200_000 + b"]" * 200_000 + b', "data": [{"b64_json": "AA\\/A"}]}',
        b'{"data": [{"b64_json": "AA\\/A", broken}]}',
        b'{"data": [{"b64_json": "AA/A"}], "cut": "of',
    ],
    ids=["nested", "broken", "cut"],
)
def test_an_image_is_found_where_there_is_no_json(data: bytes) -> None:
    assert from_json(data)["data"][0] == {"b64_json": "AA/A"}


@pytest.mark.parametrize("data", [b"", b"<html>", b"[" * 200_000])
def test_where_there_is_neither_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no JSON"):
        from_json(data)


@pytest.mark.parametrize(
    ("text", "tamed"),
    [
        ("a lion \ud83e", "a lion "),
        ("boom\x1b[2J\x07\x9b", "boom[2J"),
        ("one\n\ttwo", "one\n\ttwo"),
        ("gnihton \u202e", "gnihton "),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("x" * 99, "x" * 20),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_text_of_others_is_made_ours(text: object, tamed: str) -> None:
    assert tame(text, 20) == tamed
