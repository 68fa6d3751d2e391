"""Reads server-sent events as the HTML standard prescribes (9.2.6, "Interpreting an event stream").

We differ in one point: an event that the stream ends before its blank line still counts, because
the image in it is paid for.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"


class ServerSentEvent(NamedTuple):
    """One event; `name` is empty where it has none."""

    name: str
    data: str


class EventDecoder:
    """Decodes a stream that arrives in pieces of any length.

    `strays` are lines that are not fields of an event: the answer is not a stream, although its
    media type says so.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._first = True
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self.strays: list[str] = []

    def feed(self, piece: bytes) -> Iterator[ServerSentEvent]:
        """Yield the events that `piece` completes."""
        if not piece:
            return
        if self._after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
        self._after_cr = piece.endswith(b"\r")
        *ended, rest = _LINE_END.split(piece)
        for line in ended:
            self._line += line
            yield from self._end_line()
        self._line += rest

    def end(self) -> Iterator[ServerSentEvent]:
        """Yield the event that the stream ended in, if it did."""
        if self._line:
            yield from self._end_line()
        yield from self._dispatch()

    def _end_line(self) -> Iterator[ServerSentEvent]:
        line = bytes(self._line)
        self._line.clear()
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        if not line:
            yield from self._dispatch()
            return
        field, _, value = line.decode(errors="replace").partition(":")
        value = value.removeprefix(" ")
        match field:
            case "data":
                self._data.append(value)
            case "event":
                self._name = value
            case "" | "id" | "retry":  # a comment, or a field that only a reconnecting client needs
                pass
            case _:
                self.strays.append(line.decode(errors="replace"))

    def _dispatch(self) -> Iterator[ServerSentEvent]:
        event = ServerSentEvent(self._name, "\n".join(self._data))
        self._name, self._data = "", []
        if event.data.strip():
            yield event
