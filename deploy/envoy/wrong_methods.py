"""Routes that answer 405 where a path exists and its method does not, made from the contracts."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2


def routes(descriptor_file: Path) -> list[dict[str, Any]]:
    """Return one Envoy route for each REST path of the descriptor set, with its Allow header."""
    return [
        {
            "match": {
                "safe_regex": {"regex": _regex(path)},
                "headers": [_other_than(methods)],
            },
            "direct_response": {"status": 405},
            "response_headers_to_add": [{"header": {"key": "allow", "value": ", ".join(methods)}}],
        }
        for path, methods in rest_methods(descriptor_file).items()
    ]


def _other_than(methods: Iterable[str]) -> dict[str, Any]:
    regex = {"safe_regex": {"regex": "|".join(methods)}}
    return {"name": ":method", "string_match": regex, "invert_match": True}


def rest_methods(descriptor_file: Path) -> dict[str, list[str]]:
    """Return the methods of each REST path template, `HEAD` with every `GET`."""
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_file.read_bytes()).file
    found: dict[str, list[str]] = {}
    for rpc in (rpc for file in files for service in file.service for rpc in service.method):
        rule: http_pb2.HttpRule = rpc.options.Extensions[annotations_pb2.http]  # type: ignore[index]
        for binding in (rule, *rule.additional_bindings):
            verb = binding.WhichOneof("pattern")
            if verb:
                methods = ["GET", "HEAD"] if verb == "get" else [verb.upper()]
                found.setdefault(getattr(binding, verb), []).extend(methods)
    return found


def _regex(template: str) -> str:
    """Turn `/images/{path=**}` into `/images/.*` and `/jobs/{id}` into `/jobs/[^/]+`."""
    return re.sub(r"\{[^}]*\}", "[^/]+", re.sub(r"\{\w+=\*\*\}", ".*", template))
