"""A record of the log is one line that prints, whatever others put into its message."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.logs import JsonFormatter, TextFormatter

FORGED = "no\n20:00:00 INFO    Job completed\x1b[2J \x9b31m \u202e \u2028"


def record(text: str, **extra: str) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.WARNING, "x.py", 1, "It said %s", (text,), None)
    made.__dict__.update(extra)
    return made


@given(st.text(), st.text())
def test_a_record_as_text_is_one_line_that_prints(text: str, code: str) -> None:
    assert TextFormatter().format(record(text, code=code)).isprintable()


@given(st.text(), st.text())
def test_a_record_as_json_is_one_line_that_prints_and_says_what_was_logged(
    text: str, code: str
) -> None:
    line = JsonFormatter("worker").format(record(text, code=code))
    assert line.isprintable()
    told = json.loads(line)
    assert told["message"] == f"It said {text}"
    assert told.get("code", "") == code


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter("worker")])
def test_an_exceptions_own_text_forges_no_record(formatter: logging.Formatter) -> None:
    made = record("no")
    try:
        raise ValueError(FORGED)
    except ValueError:
        made.exc_info = sys.exc_info()
    first, *rest = formatter.format(made).split("\n")
    assert all(line.isprintable() for line in (first, *rest))
    assert all(line.startswith("  ") for line in rest)
