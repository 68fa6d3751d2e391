"""Text of others shows what it is and does nothing."""

import pytest

from clients.python.snapasset_client.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grüße 🌅 日本", "Grüße 🌅 日本"),
        ("\x1b[2J\x9b1m\x07", r"\x1b[2J\x9b1m\x07"),
        ("one\ntwo\r\x7f", r"one\ntwo\r\x7f"),
        ("\u202egpj.\u2066x\u200b", r"\u202egpj.\u2066x\u200b"),
        ("\U000e0041\ud800\u2028", r"\U000e0041\ud800\u2028"),
    ],
)
def test_only_what_can_be_seen_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown
