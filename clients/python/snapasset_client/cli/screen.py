"""What is shown: lines and a progress bar for people, or one JSON object per line for machines."""

import json
import shutil
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from google.protobuf.json_format import MessageToDict, SerializeToJsonError
from google.protobuf.message import Message
from snapasset.gateway.v1 import batches_pb2 as bat
from snapasset.gateway.v1 import jobs_pb2 as pb

from ..errors import BAD_ANSWER, SnapAssetError
from ..printable import printable

_BAR = 30

Event = pb.WatchJobResponse | bat.WatchBatchResponse


class Screen:
    """Writes to `out`; `live` draws the bar over itself, which only a terminal can."""

    def __init__(self, out: TextIO, *, as_json: bool = False, live: bool | None = None) -> None:
        self._out = out
        self._live = out.isatty() if live is None else live
        self._drawn = False
        self.as_json = as_json

    def message(self, message: Message, *lines: str) -> None:
        """Show `lines`, or the message in the API's own JSON."""
        if self.as_json:
            self._line(as_json(message))
        else:
            for line in lines:
                self.say(line)

    def record(self, facts: Mapping[str, Any]) -> None:
        """Show facts to machines."""
        self._line(_escaped(json.dumps(facts, ensure_ascii=False)))

    def say(self, line: str) -> None:
        """Show one line to people."""
        if not self.as_json:
            self.end_bar()
            self._line(printable(line))

    def progress(self, event: pb.WatchJobResponse) -> None:
        """Redraw the bar, or write one line per event where there is no terminal."""
        if event.type != "preview" or self.as_json:
            self.whole(event, event.progress, event.message)

    def whole(self, event: Event, percent: int, words: str) -> None:
        """The same for an event that tells of more than one job."""
        if self.as_json:
            self.message(event)
        elif self._live:
            self._draw(bar(percent, words))
        elif event.type != "heartbeat":
            self._line(bar(percent, words))

    def sending(self, name: str, sent: int, size: int) -> None:
        """Redraw the bar of a file that is being sent; only a terminal shows it."""
        if self._live and not self.as_json:
            self._draw(bar(100 * sent // max(size, 1), f"Sending {name}"))

    def end_bar(self) -> None:
        """Move on from the bar's line."""
        if self._drawn:
            self._line("")
            self._drawn = False

    def _draw(self, line: str) -> None:
        columns = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r\x1b[K{line[:columns]}")
        self._out.flush()
        self._drawn = True

    def _line(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()


def as_json(message: Message) -> str:
    """Return a message in the API's own JSON, with unprintable characters as JSON escapes.

    Raises SnapAssetError for a message that has no JSON, such as one with a time out of range.
    """
    try:
        shown = MessageToDict(message, always_print_fields_with_no_presence=True)
    except SerializeToJsonError as error:
        raise SnapAssetError("The answer has no form in JSON.", code=BAD_ANSWER) from error
    return _escaped(json.dumps(shown, ensure_ascii=False))


def _escaped(text: str) -> str:
    """Return JSON with unprintable characters as JSON escapes."""
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def bar(percent: int, message: str) -> str:
    """Return a bar, its percentage and the words beside it."""
    percent = min(max(percent, 0), 100)
    filled = percent * _BAR // 100
    return f"{'█' * filled}{'░' * (_BAR - filled)} {percent:>3}%  {printable(message)}"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as printable lines with aligned columns."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def counted(count: int, what: str) -> str:
    """Return "1 image" or "2 images"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def one_line(text: str, columns: int = 60) -> str:
    """Return a text, such as a prompt, without line breaks and shortened if it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= columns else f"{flat[: columns - 1]}…"
