"""The switches that make the stand-in misbehave, and the one grammar that sets them.

A list of `name=value` pairs, separated by spaces, commas or semicolons; a value with spaces goes
in double quotes. Three places take it, each overriding the one before, pair by pair:

- the environment:  `STANDIN_SWITCHES="delay=2 fail=rate_limit probability=0.1"`
- request headers:  `x-standin-fail: rate_limit`, `x-standin-retry-after: 3`
- the prompt:       `A lighthouse [standin: fail=rate_limit retry_after=3 times=2]`
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy.local.standin.painter.painting import OVERSAMPLING

FAULTS = (
    "none",  # overrides a fault set by a wider source
    "rate_limit",  # 429 with Retry-After
    "quota",  # 429 insufficient_quota
    "server_error",  # 500
    "overloaded",  # 503
    "bad_key",  # 401
    "moderated",  # 400 moderation_blocked
    "broken",  # the connection closes in the middle of the answer
    "half",  # the stream ends after a preview; a JSON answer ends halfway
    "empty",  # 200 without an image
    "rubbish",  # 200 with base64 of something that is not an image
    "silent",  # no answer until the client leaves
    "url",  # 200 with an address instead of base64
    "paid_error",  # the image is painted and charged, then 500
    "paid_page",  # the same, then 200 with a proxy's page
    "paid_silence",  # the same, then no answer until the client leaves
)
PAIR = re.compile(r'([A-Za-z_-]+)=(?:"([^"]*)"|([^\s,;"\]]+))')
DIRECTIVE = re.compile(r"\[standin:([^\]]*)\]", re.IGNORECASE)
HEADER_PREFIX = "x-standin-"


class SwitchError(ValueError):
    """A switch that does not exist or a value that it does not take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Switches:
    """How one call is to be treated.

    `fail` may name several faults; one is drawn each time. The fault applies to the first `times`
    calls of a `key` (None: to all; the key is the prompt unless set) and to each of those with
    `probability`, drawn from `seed`, the key and the number of the call. `late` makes a streamed
    error arrive as an event after the stream has begun. `care` is the quality that is painted
    whatever is ordered and charged ("": that of the order).
    """

    delay: float = 0.0
    fail: tuple[str, ...] = ("none",)
    retry_after: float = 1.0
    times: int | None = None
    key: str | None = None
    probability: float = 1.0
    seed: str = "0"
    late: bool = False
    care: str = ""


def read_pairs(text: str) -> dict[str, str]:
    """The pairs in a text; raises SwitchError when there is anything else in it."""
    rest = PAIR.sub(" ", text).strip(" \t\r\n,;")
    if rest:
        raise SwitchError(f'expected name=value pairs, got "{rest}"')
    return {
        name.lower().replace("-", "_"): quoted or plain
        for name, quoted, plain in PAIR.findall(text)
    }


def pairs_in_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The pairs that request headers set."""
    return {
        name[len(HEADER_PREFIX) :].lower().replace("-", "_"): value.strip()
        for name, value in headers.items()
        if name.lower().startswith(HEADER_PREFIX)
    }


def pairs_in_prompt(prompt: str) -> dict[str, str]:
    """The pairs of all directives in a prompt."""
    return read_pairs(" ".join(DIRECTIVE.findall(prompt)))


def without_directives(prompt: str) -> str:
    """The prompt as the painter should see it."""
    return DIRECTIVE.sub(" ", prompt).strip()


def switches_from(pairs: Mapping[str, str]) -> Switches:
    """Checks the pairs; raises SwitchError with the first mistake in words."""
    values: dict[str, object] = {}
    for name, text in pairs.items():
        if name not in READERS:
            raise SwitchError(f'no switch is called "{name}"; there are {", ".join(READERS)}')
        expected, read = READERS[name]
        try:
            values[name] = read(text)
        except ValueError as error:
            raise SwitchError(f'{name} must be {expected}, got "{text}"') from error
    return Switches(**values)  # type: ignore[arg-type]


def _number(lowest: float, highest: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not (math.isfinite(value) and lowest <= value <= highest):
            raise ValueError(text)
        return value

    return read


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _faults(text: str) -> tuple[str, ...]:
    names = tuple(text.lower().split("|"))
    if not set(names) <= set(FAULTS):
        raise ValueError(text)
    return names


def _care(text: str) -> str:
    if text.lower() not in OVERSAMPLING:
        raise ValueError(text)
    return text.lower()


def _yes(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "delay": ("seconds from 0 to 3600", _number(0, 3600)),
    "fail": (f"one or more of {'|'.join(FAULTS)}", _faults),
    "retry_after": ("seconds from 0 to 86400", _number(0, 86400)),
    "times": ("a whole number", _count),
    "key": ("a text", str),
    "probability": ("a number from 0 to 1", _number(0, 1)),
    "seed": ("a text", str),
    "late": ("true or false", _yes),
    "care": (", ".join(OVERSAMPLING), _care),
}
