"""The record of every call, kept outside the system that pays: tests count purchases here."""

import json
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

CALLS_MAX = 10_000


@dataclass(kw_only=True, slots=True)
class Call:
    """One call. `image_made` is what a provider would charge for, whether or not it arrived.

    `image_sent` means that the whole image went to the client's connection; a client that dies
    with the last bytes in the wire still counts.
    """

    request_id: str
    time: float
    prompt: str | None
    model: str | None
    size: str | None
    quality: str | None
    stream: bool
    references: int = 0
    masked: bool = False
    outcome: str = "in_progress"
    image_made: bool = False
    image_sent: bool = False
    seconds: float = 0.0


# Where a request keeps its id and its call.
REQUEST_ID = web.RequestKey("request_id", str)
CALL = web.RequestKey("call", Call)


class Ledger:
    """The latest calls in memory, and all finished ones as JSON lines in a file if there is one."""

    def __init__(self, file: Path | None = None, calls_max: int = CALLS_MAX) -> None:
        self._file = file
        self._calls: deque[Call] = deque(maxlen=calls_max)

    def open(
        self, request_id: str, body: dict[str, Any], *, references: int = 0, masked: bool = False
    ) -> Call:
        """Notes a call as it comes in, before anything is checked."""

        def text(name: str) -> str | None:
            value = body.get(name)
            return value if isinstance(value, str) else None

        call = Call(
            request_id=request_id,
            time=time.time(),
            prompt=text("prompt"),
            model=text("model"),
            size=text("size"),
            quality=text("quality"),
            stream=body.get("stream") is True,
            references=references,
            masked=masked,
        )
        self._calls.append(call)
        return call

    def close(self, call: Call, outcome: str) -> None:
        """Notes how a call ended."""
        call.outcome = outcome
        call.seconds = round(time.time() - call.time, 3)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(call)) + "\n")

    def report(self, prompt_contains: str = "") -> dict[str, Any]:
        """The calls whose prompt contains the text, with their counts."""
        calls = [call for call in self._calls if prompt_contains in (call.prompt or "")]
        return {
            "counts": {
                "calls": len(calls),
                "images_made": sum(call.image_made for call in calls),
                "images_sent": sum(call.image_sent for call in calls),
                "outcomes": _tally(call.outcome for call in calls),
            },
            "calls": [asdict(call) for call in calls],
        }

    def clear(self) -> None:
        """Forgets the calls in memory; the file stays."""
        self._calls.clear()


def _tally(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
