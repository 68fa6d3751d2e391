"""Log lines are written in batches, and none is lost that need not be."""

import io
import logging
import sys
import threading
from asyncio.subprocess import PIPE, create_subprocess_exec

from services.common.log_stream import BatchingHandler

PROGRAM = """
import logging, sys
from services.common.logs import set_up_logs
set_up_logs("example", "INFO", "json")
logging.info("the last words")
"""


class Paper(io.StringIO):
    """Counts how often it is written to."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.written = threading.Event()

    def write(self, text: str) -> int:
        self.writes += 1
        self.written.set()
        return super().write(text)


def record(text: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("x", level, "x.py", 1, text, None, None)


def test_lines_that_come_together_are_written_together_and_soon() -> None:
    paper = Paper()
    handler = BatchingHandler(paper)
    for number in range(100):
        handler.handle(record(f"line {number}"))
    assert paper.written.wait(20)
    handler.close()
    assert paper.getvalue() == "".join(f"line {number}\n" for number in range(100))
    assert paper.writes < 10


def test_a_warning_is_written_at_once_behind_what_came_before() -> None:
    paper = Paper()
    handler = BatchingHandler(paper)
    handler.handle(record("before"))
    handler.handle(record("look here", logging.WARNING))
    assert paper.getvalue() == "before\nlook here\n"


def test_a_stream_that_nobody_reads_any_more_fails_no_caller() -> None:
    paper = Paper()
    paper.close()
    BatchingHandler(paper).handle(record("look here", logging.ERROR))


async def test_a_process_that_ends_writes_its_last_lines() -> None:
    program = await create_subprocess_exec(sys.executable, "-c", PROGRAM, stdout=PIPE)
    said, _ = await program.communicate()
    assert b"the last words" in said
