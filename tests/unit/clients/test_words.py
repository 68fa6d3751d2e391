"""The studio, the JavaScript client and the command line say the same words for the same states."""

import json
from pathlib import Path

from clients.python.snapasset_client import words
from services.jobs.values import Status

CLIENTS = Path(__file__).parents[3] / "clients"


def test_the_studio_has_the_words_of_the_command_line() -> None:
    _, _, table = (CLIENTS / "studio" / "words.js").read_text().partition("export default")
    ours = {name.lower(): value for name, value in vars(words).items() if name.isupper()}
    ours["states"] = list(ours["states"])
    assert json.loads(table.rstrip().rstrip(";")) == ours


def test_the_states_are_those_of_the_service() -> None:
    assert tuple(Status) == words.STATES


def test_the_javascript_client_has_the_same_words_for_a_lost_connection() -> None:
    sdk = "".join(file.read_text() for file in (CLIENTS / "javascript" / "src").glob("*.js"))
    for text in (words.UNREACHABLE, words.TOO_SLOW, words.STREAM_ENDED):
        assert f"'{text}'" in sdk
