from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.generator.web.sse import EventDecoder, ServerSentEvent

IMAGE = b'event: image\ndata: {"a":\ndata:  1}\n\n'
THE_IMAGE = ServerSentEvent("image", '{"a":\n 1}')


def decode(*pieces: bytes) -> list[ServerSentEvent]:
    decoder = EventDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return [*events, *decoder.end()]


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xef\xbb\xbf",
        b": a comment\n\n",
        b":\n",
        b"retry: 3000\n\n",
        b"id: 7\n\n",
        b"id\n\n",
        b"data:\n\n",
        b"data\n\n",
        b"event: ping\n\n",
        b"\n\n\n",
        b"nonsense: yes\n\n",
    ],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_what_carries_nothing_is_passed_over(before: bytes, line_end: bytes) -> None:
    assert decode((before + IMAGE).replace(b"\n", line_end)) == [THE_IMAGE]


@given(st.lists(st.integers(0, 60), max_size=8))
def test_a_stream_may_be_cut_anywhere(cuts: list[int]) -> None:
    stream = b"\xef\xbb\xbf" + (b": hi\n\n" + IMAGE).replace(b"\n", b"\r\n")
    places = [0, *sorted(cuts), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert decode(*pieces) == [THE_IMAGE]


def test_an_event_that_lacks_only_its_blank_line_counts() -> None:
    assert decode(IMAGE.rstrip()) == [THE_IMAGE]


def test_one_space_alone_belongs_to_the_field() -> None:
    assert decode(b"data:x\n\ndata:  y\n\n") == [("", "x"), ("", " y")]


def test_bytes_that_are_no_utf_8_spoil_one_character() -> None:
    assert decode(b"data: \xff!\n\n") == [("", "\ufffd!")]


def test_lines_of_no_event_are_kept_apart() -> None:
    decoder = EventDecoder()
    assert list(decoder.feed(b'{"data":\n[1]}\n')) == []
    assert decoder.strays == ['{"data":', "[1]}"]
