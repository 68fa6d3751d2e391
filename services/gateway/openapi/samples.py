"""A command for each operation that can be pasted into a shell, as the extension x-codeSamples.

`API` is the address of the service and `TOKEN` a token, as in docs/api.md.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from services.common.contracts import Rpc

_JSON = "application/json"


def samples(rpc: Rpc, method: str, path: str, operation: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the samples of `operation`, whose path parameters and body have their examples."""
    parameters = operation.get("parameters", ())
    examples = {one["name"]: one["example"] for one in parameters if one["in"] == "path"}
    verb = "" if method == "get" else f"-X {method.upper()} "
    lines = [f'curl {verb}"$API{path.format_map(examples)}"', *_options(rpc, operation)]
    return [{"lang": "Shell", "label": "curl", "source": " \\\n  ".join(lines)}]


def _options(rpc: Rpc, operation: Mapping[str, Any]) -> Iterator[str]:
    if operation["security"]:
        yield '-H "Authorization: Bearer $TOKEN"'
    if body := operation.get("requestBody"):
        kind, content = next(iter(body["content"].items()))
        yield f"-H 'Content-Type: {kind}'"
        if kind == _JSON:
            yield f"-d {shlex.quote(json.dumps(content['example'], ensure_ascii=False))}"
        else:
            yield f"--data-binary @file.{kind.partition('/')[2]}"
    if rpc.endpoint.media_types:
        yield "-o answer"
    elif rpc.streams:
        yield "--no-buffer"
