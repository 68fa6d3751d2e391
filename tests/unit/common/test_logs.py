"""A record of the log is one line that prints, whatever others put into its message."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.logs import JsonFormatter, TextFormatter, without_metadata

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


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter("worker")])
def test_what_is_long_is_cut(formatter: logging.Formatter) -> None:
    made = record("a" * 100_000, code="b" * 100_000)
    try:
        raise ValueError("c" * 100_000)
    except ValueError:
        made.exc_info = sys.exc_info()
    assert len(formatter.format(made)) < 12_000


def test_metadata_that_is_no_text_is_logged_without_its_value() -> None:
    made = record("snap_secret\xa0")
    try:
        b"snap_secret\xa0".decode()
    except UnicodeDecodeError:
        made.exc_info = sys.exc_info()
    assert without_metadata(made)
    line = JsonFormatter("gateway").format(made)
    assert "snap_secret" not in line
    assert "exception" not in json.loads(line)


def test_other_records_of_grpc_stay_as_they_are() -> None:
    made = record("something else")
    assert without_metadata(made)
    assert made.getMessage() == "It said something else"
