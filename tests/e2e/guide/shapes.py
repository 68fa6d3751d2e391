"""Holds an answer of the API against an example of the guide."""

import re
from collections.abc import Iterator
from typing import Any

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def differences(example: Any, answer: Any, path: str = "$") -> Iterator[str]:
    """Yield where `answer` lacks a field of `example` or has it with another type.

    Fields beyond the example are welcome: the guide's clients ignore them.
    """
    if isinstance(example, dict) and isinstance(answer, dict):
        for name, value in example.items():
            if name not in answer:
                yield f"{path}.{name} is missing"
            else:
                yield from differences(value, answer[name], f"{path}.{name}")
    elif isinstance(example, list) and isinstance(answer, list):
        if not answer:
            yield f"{path} is empty"
        for i, item in enumerate(answer):
            yield from differences(example[0], item, f"{path}[{i}]")
    elif type(example) is not type(answer):
        yield f"{path} is {answer!r}, the guide has {example!r}"
    elif isinstance(example, str) and _TIME.fullmatch(example) and not _TIME.fullmatch(answer):
        yield f"{path} is {answer!r}, no time like {example!r}"


def assert_like(example: Any, answer: Any) -> None:
    """Fail with every difference at once."""
    found = list(differences(example, answer))
    assert not found, f"{found} in {answer}"
