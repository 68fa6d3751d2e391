"""Each operation has a command that sends what the operation accepts."""

import json
import re
import shlex
from typing import Any

import jsonschema_rs
import pytest

from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.platforms import PLATFORMS
from services.gateway.openapi.document import build_document


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_document(read_contracts(descriptor_file().read_bytes()), PLATFORMS)


def command(document: dict[str, Any], method: str, path: str) -> list[str]:
    sample = document["paths"][path][method]["x-codeSamples"][0]
    assert (sample["lang"], sample["label"]) == ("Shell", "curl")
    return shlex.split(sample["source"])


def test_every_command_names_a_whole_path_and_the_token_that_is_needed(
    document: dict[str, Any],
) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            words = command(document, method, path)
            address = next(word for word in words if word.startswith("$API"))
            shape = re.sub(r"\\\{\w+\\\}", ".+", re.escape(path))
            assert re.fullmatch(rf"\$API{shape}", address)
            assert "{" not in address
            sends_token = "Authorization: Bearer $TOKEN" in words
            assert sends_token == bool(operation["security"]), path
            assert ("-X" in words) == (method != "get")


def test_every_body_is_one_that_its_schema_accepts(document: dict[str, Any]) -> None:
    sent = 0
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            words = command(document, method, path)
            body = json.loads(words[words.index("-d") + 1])
            assert body == content["example"]
            whole = {**content["schema"], "components": document["components"]}
            jsonschema_rs.Draft202012Validator(whole).validate(body)
            sent += 1
    assert sent > 0


def test_a_job_is_ordered_with_what_it_needs_alone(document: dict[str, Any]) -> None:
    words = command(document, "post", "/api/jobs")
    assert json.loads(words[-1]) == {
        "userId": "user-123",
        "platforms": ["instagram-post", "twitter-post"],
        "prompt": "A lighthouse in a storm",
    }


def test_a_file_is_sent_as_it_is_and_a_stream_is_shown_as_it_comes(
    document: dict[str, Any],
) -> None:
    assert "--data-binary" in command(document, "post", "/api/uploads")
    assert "--no-buffer" in command(document, "get", "/api/sse/jobs/{jobId}")
    assert "-o" in command(document, "get", "/images/{path}")
