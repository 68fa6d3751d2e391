"""What is refused of a text, and what of it shows, held against the tables of Unicode."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.text import printable, refused, shown

ALL = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_every_control_character_but_tab_and_line_ends_is_refused() -> None:
    controls = {one for one in ALL if unicodedata.category(one) == "Cc"}
    assert {one for one in controls if not refused(one)} == set("\t\n\r")


def test_everything_that_reorders_text_is_refused() -> None:
    reordering = {one for one in ALL if unicodedata.bidirectional(one) in REORDERING}
    marks = {"\u061c", "\u200e", "\u200f"}
    assert all(refused(one) == one for one in reordering | marks)


def test_no_letter_mark_number_symbol_or_space_is_refused() -> None:
    kinds = {unicodedata.category(one)[0] for one in ALL if refused(one)}
    assert kinds == {"C"}


def test_no_space_and_no_joiner_shows() -> None:
    blank = {one for one in ALL if unicodedata.category(one) in ("Zs", "Zl", "Zp")}
    assert not [one for one in blank | {"\u200b", "\u200d", "\ufe0f", "\u3164"} if shown(one)]


@pytest.mark.parametrize("text", ["Zoë", "灯台", "🗼", "👩‍🚀", "فانوس", "é", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_the_scripts_of_the_world_are_taken_and_show(text: str) -> None:
    assert not refused(text)
    assert shown(f"\u200b {text}\n").startswith(text[0])


@given(st.text())
def test_what_is_printed_is_one_line_that_prints(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(text) == text or not text.isprintable()
