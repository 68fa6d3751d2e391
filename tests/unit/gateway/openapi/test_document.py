"""The OpenAPI document says what the contracts and the code say, no less and no more."""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from snapasset.gateway.v1 import jobs_pb2
from snapasset.options.v1.methods_pb2 import Access

from deploy.envoy import local_replies
from deploy.envoy.rest_routes import rest_methods
from services.common import errors
from services.common.contracts import PACKAGE, Contracts
from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.platforms import PLATFORMS
from services.common.refusal import CannotStart
from services.gateway.openapi.document import build_document
from services.gateway.openapi.faults import HTTP_STATUS, NO_SUCH_PATH, as_fault
from services.gateway.openapi.links import operation_id
from services.gateway.openapi.operations import Operations
from services.gateway.openapi.schemas import Schemas
from services.gateway.rest_errors import rest_body
from services.gateway.site.images import TYPES


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return read_contracts(descriptor_file().read_bytes())


@pytest.fixture(scope="module")
def document(contracts: Contracts) -> dict[str, Any]:
    return build_document(contracts, PLATFORMS)


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_rpc_with_a_binding_is_there_and_nothing_else(
    contracts: Contracts, document: dict[str, Any]
) -> None:
    folder = Path(jobs_pb2.__file__).parent
    linked = {
        f"/{service.full_name}/{rpc.name}"
        for file in folder.glob("*_pb2.py")
        for service in import_module(f"{PACKAGE}.{file.stem}").DESCRIPTOR.services_by_name.values()
        for rpc in service.methods
    }
    assert {rpc.method for rpc in contracts.rpcs} == linked
    name = Operations(contracts, Schemas(contracts, PLATFORMS))
    bound = [(b.method, name.path(rpc, b)) for rpc in contracts.rpcs for b in rpc.bindings]
    assert len(bound) == sum(len(methods) for methods in document["paths"].values())
    assert set(bound) == set(operations(document))


def test_envoy_knows_the_same_paths(contracts: Contracts, document: dict[str, Any]) -> None:
    envoy = rest_methods(contracts)
    assert len(document["paths"]) == len(envoy)
    assert sum(len(set(methods) - {"HEAD"}) for methods in envoy.values()) == len(
        operations(document)
    )


def test_ids_are_unique_and_every_operation_speaks(
    contracts: Contracts, document: dict[str, Any]
) -> None:
    found = operations(document).values()
    assert len({one["operationId"] for one in found}) == len(found)
    assert all(one["summary"] and one["description"] for one in found)
    assert {tag for one in found for tag in one["tags"]} == {
        service.title for service in contracts.services
    }
    assert document["tags"][0]["name"] == "Jobs"


def test_every_schema_and_property_has_its_comment(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        for field, inner in schema["properties"].items():
            assert inner["description"], f"{name}.{field}"


def test_no_answer_holds_a_number_that_json_would_print_as_text(contracts: Contracts) -> None:
    answers = {rpc.response for rpc in contracts.rpcs}
    for name in answers:
        assert not [f.name for f in contracts.messages[name].fields if "64" in f.kind], name


@pytest.mark.parametrize(
    ("access", "security"),
    [
        (Access.ACCESS_EVERYBODY, []),
        (Access.ACCESS_WATCHER, [{"bearer": []}, {"apiKey": []}, {}]),
        (Access.ACCESS_JOBS, [{"bearer": []}, {"apiKey": []}]),
        (Access.ACCESS_ADMIN, [{"bearer": []}, {"apiKey": []}]),
    ],
)
def test_security_is_what_the_contract_says(
    contracts: Contracts,
    document: dict[str, Any],
    access: Access.ValueType,
    security: list[dict[str, list[str]]],
) -> None:
    by_id = {one["operationId"]: one for one in operations(document).values()}
    rpcs = [rpc for rpc in contracts.rpcs if rpc.endpoint.access == access]
    assert rpcs
    for rpc in rpcs:
        operation = by_id[operation_id(rpc)]
        assert operation["security"] == security
        assert ("401" in operation["responses"]) == bool(security)
        limited = rpc.endpoint.counted or "RATE_LIMIT_EXCEEDED" in rpc.endpoint.errors
        assert ("429" in operation["responses"]) == limited


def test_errors_have_the_shape_that_the_interceptor_gives_them(document: dict[str, Any]) -> None:
    error = errors.InvalidRequest(
        "prompt is required",
        fields=[errors.FieldMistake("prompt", "is required")],
        retry_after_seconds=1.5,
    )
    strict = {**document["components"]["schemas"]["Error"], "additionalProperties": False}
    jsonschema_rs.validate(strict, json.loads(rest_body(error)))


def test_every_error_of_ours_has_the_status_that_envoy_gives_it() -> None:
    assert {kind.grpc_code for kind in errors.all_errors()} <= set(HTTP_STATUS)


def test_envoys_own_errors_are_those_of_the_document() -> None:
    for fault in (NO_SUCH_PATH, as_fault(errors.PayloadTooLarge)):
        code, title, _ = local_replies.ERRORS[fault.status]
        assert (fault.code, fault.title) == (code, title)


def test_a_job_names_each_of_its_errors(document: dict[str, Any]) -> None:
    answers = document["paths"]["/api/jobs"]["post"]["responses"]
    codes = {
        status: answer["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"]
        for status, answer in answers.items()
        if status >= "400"
    }
    assert {status: each["enum"] for status, each in codes.items()} == {
        "400": ["INVALID_REQUEST"],
        "401": ["UNAUTHORIZED"],
        "403": ["FORBIDDEN"],
        "404": ["UPLOAD_NOT_FOUND"],
        "408": ["REQUEST_TIMEOUT"],
        "409": ["IDEMPOTENCY_CONFLICT"],
        "413": ["PAYLOAD_TOO_LARGE"],
        "429": ["RATE_LIMIT_EXCEEDED", "JOB_LIMIT_EXCEEDED", "BUDGET_EXCEEDED"],
        "500": ["INTERNAL_ERROR"],
        "503": ["SERVICE_UNAVAILABLE", "QUEUE_FULL"],
        "504": ["DEADLINE_EXCEEDED"],
    }
    assert "201" in answers
    assert "Retry-After" in answers["429"]["headers"]


def test_what_is_created_leads_to_all_that_can_be_done_with_it(document: dict[str, Any]) -> None:
    created = document["paths"]["/api/jobs"]["post"]["responses"]["201"]["links"]
    assert created.keys() == {"getJob", "watchJob", "retryJob", "cancelJob"}
    assert created["getJob"]["parameters"] == {"jobId": "$response.body#/jobId"}
    listed = document["paths"]["/api/generations"]["get"]["responses"]["200"]["links"]
    pointer = "$response.body#/generations/0/generationId"
    assert listed["deleteGeneration"]["parameters"] == {"generationId": pointer}


def test_answers_that_are_no_errors_are_told_with_their_meaning(document: dict[str, Any]) -> None:
    image = document["paths"]["/images/{path}"]["get"]["responses"]
    assert {"200", "206", "304", "416"} <= image.keys()
    assert image["206"]["content"] == image["200"]["content"]
    assert image["200"]["content"].keys() == TYPES
    health = document["paths"]["/health"]["get"]["responses"]["503"]
    assert len(health["content"]["application/json"]["schema"]["anyOf"]) == 2


def test_an_error_that_does_not_exist_is_named(contracts: Contracts) -> None:
    rpc = next(rpc for rpc in contracts.rpcs if rpc.name == "GetJob")
    endpoint = type(rpc.endpoint)()
    endpoint.CopyFrom(rpc.endpoint)
    endpoint.errors.append("JOB_EATEN")
    with pytest.raises(CannotStart, match=r"JobService\.GetJob names the error JOB_EATEN"):
        build_document(replace(contracts, rpcs=[replace(rpc, endpoint=endpoint)]), PLATFORMS)
