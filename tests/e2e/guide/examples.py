"""Takes the examples out of the guide, byte for byte, and puts them where the stack is."""

import json
import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).with_name("api-guide.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{2,3} (.*)$", re.MULTILINE)


def _read() -> dict[str, str]:
    """Return every example by section and language; the second of a pair gets " 2"."""
    text = GUIDE.read_text()
    headings = [(found.start(), found[1]) for found in _HEADING.finditer(text)]
    examples: dict[str, str] = {}
    for found in _FENCE.finditer(text):
        section = [name for start, name in headings if start < found.start()][-1]
        name = f"{section}, {found[1] or 'text'}"
        while name in examples:
            name = f"{name.removesuffix(' 2')} 2"
        examples[name] = found[2]
    return examples


EXAMPLES = _read()


def example(name: str, port: int = 3001, **placeholders: str) -> str:
    """Return an example as written, with what the guide asks its reader to fill in.

    Placeholders are "YOUR_JWT_TOKEN", "YOUR_API_KEY" and "your-token". Only where 3001 was not to
    be had is the port another one.
    """
    text = EXAMPLES[name].replace("localhost:3001", f"localhost:{port}")
    for placeholder, value in placeholders.items():
        written = placeholder.replace("_token", "-token")
        assert written in text
        text = text.replace(written, value)
    return text


def json_example(name: str) -> dict[str, Any]:
    """Return a JSON example as a value."""
    value: dict[str, Any] = json.loads(EXAMPLES[name])
    return value


def http_example(name: str, job_id: str = "") -> tuple[str, str]:
    """Return method and path of an `http` example, `:jobId` filled in."""
    method, path = EXAMPLES[name].split()
    return method, path.replace(":jobId", job_id)
