"""Readers of REST find paths, statuses and JSON names where the contracts speak of gRPC."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from services.common.contracts import Contracts
from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.platforms import PLATFORMS
from services.gateway.openapi.document import build_document
from services.gateway.openapi.faults import HTTP_STATUS
from services.gateway.openapi.wording import in_rest_words


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return read_contracts(descriptor_file().read_bytes())


@pytest.fixture(scope="module")
def document(contracts: Contracts) -> dict[str, Any]:
    return build_document(contracts, PLATFORMS)


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ("Fails with NOT_FOUND (JOB_NOT_FOUND).", "Fails with 404 (JOB_NOT_FOUND)."),
        (
            "Fails with INVALID_ARGUMENT (PAYLOAD_TOO_LARGE; 413 over HTTP) for more.",
            "Fails with 413 (PAYLOAD_TOO_LARGE) for more.",
        ),
        (
            "Fails with INVALID_ARGUMENT (INVALID_REQUEST, with google.rpc.BadRequest).",
            "Fails with 400 (INVALID_REQUEST).",
        ),
        (
            "Fails with RESOURCE_EXHAUSTED (RATE_LIMIT_EXCEEDED) and a google.rpc.RetryInfo. "
            "Every failure carries a google.rpc.ErrorInfo. Try again.",
            "Fails with 429 (RATE_LIMIT_EXCEEDED). Try again.",
        ),
        ("Fails with UNAVAILABLE when it is full.", "Fails with 503 when it is full."),
        (
            "The Idempotency-Key (HTTP header or gRPC metadata).",
            "The Idempotency-Key (HTTP header).",
        ),
        ("Answers 201 over HTTP. Over HTTP it is a file.", "Answers 201. It is a file."),
        ("It is a file; over gRPC, messages carry it. It stays.", "It is a file. It stays."),
        ("One of those that ListPlatforms names.", "One of those that `GET /api/platforms` names."),
        ("As in GetJobResponse.", "As in `GET /api/jobs/{jobId}`."),
        (
            "The ticket of CreateJobResponse.stream_url.",
            "The ticket of `streamUrl` from `POST /api/jobs`.",
        ),
        ("For more, JobService shows it.", "For more, the section Jobs shows it."),
        (
            "Not with `focal_point`, but with any_other word.",
            "Not with `focalPoint`, but with any_other word.",
        ),
    ],
)
def test_a_comment_is_shown_in_the_words_of_rest(
    contracts: Contracts, comment: str, shown: str
) -> None:
    first, *others = contracts.services
    changed = replace(contracts, services=[replace(first, comment=comment), *others])
    assert in_rest_words(changed).services[0].comment == shown


def test_no_description_names_an_rpc_or_a_grpc_code(
    contracts: Contracts, document: dict[str, Any]
) -> None:
    names = [
        name for rpc in contracts.rpcs for name in (f"{rpc.name}(Request|Response)?", rpc.service)
    ]
    codes = [code.name for code in HTTP_STATUS]
    foreign = re.compile(rf"(?<!`)\b({'|'.join([*names, *codes])})\b|gRPC|google\.rpc")
    shown = {key: value for key, value in document.items() if key != "info"}
    assert [text for text in descriptions(shown) if foreign.search(text)] == []


def test_an_operation_speaks_of_no_status_that_it_does_not_declare(
    document: dict[str, Any],
) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            said = re.findall(r"\b(?:with|answers|Answers) (\d{3})\b", operation["description"])
            assert set(said) <= operation["responses"].keys(), json.dumps(operation["summary"])


def descriptions(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from descriptions(one)
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("description", "summary") and isinstance(one, str):
                yield one
            else:
                yield from descriptions(one)
