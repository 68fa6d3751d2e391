"""The tables of docs/api.md are what the code says, in both directions."""

import re
from pathlib import Path
from typing import Any

import pytest
from snapasset.gateway.v1 import jobs_pb2
from snapasset.gateway.v1.generations_pb2 import ListGenerationsRequest
from snapasset.options.v1 import fields_pb2

from deploy.envoy import local_replies
from services.common.descriptor_set import descriptor_file, read_contracts
from services.common.errors import (
    AppError,
    DeadlineExceeded,
    GenerationNotFound,
    InternalError,
    InvalidRequest,
    MasterNotFound,
    ObjectNotFound,
    QueueFull,
    Refused,
    Unavailable,
    UploadNotFound,
    all_errors,
)
from services.gateway.api.bounds import bounds_of
from services.gateway.openapi.faults import status_of

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
MADE_BY_THE_QUEUE = {"WORKER_LOST": "yes", "JOB_LOST": "no"}
"""Codes of jobs that no error class has: nothing was there to raise one."""


def rows(table: str) -> list[list[str]]:
    """Return the cells of one table, which ends at an empty line, without its head."""
    lines = [line for line in table.strip().splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def marked(name: str) -> list[list[str]]:
    found = re.search(rf"<!-- table: {name} -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)
    assert found
    return rows(found[1])


def under(head: str) -> list[list[str]]:
    return rows(PAGE[PAGE.index(head) :].split("\n\n")[0])


def yes(it: bool) -> str:
    return "yes" if it else "no"


def test_every_error_has_its_row_and_every_row_its_error() -> None:
    kinds = {
        kind.code: (
            str(status_of(kind)),
            kind.grpc_code.name,
            yes(kind.retryable),
        )
        for kind in all_errors()
    }
    told = {row[0]: (row[1], row[2], row[5]) for row in marked("errors")}
    assert told == kinds
    assert len(told) == len(marked("errors"))


def test_every_error_of_the_door_has_its_row() -> None:
    told = [(int(row[1]), row[0]) for row in marked("door")]
    assert told == [(status, error[0]) for status, error in local_replies.ERRORS.items()]


def test_every_failure_of_a_job_has_its_row() -> None:
    singles: list[type[AppError]] = [InvalidRequest, ObjectNotFound, GenerationNotFound]
    singles += [UploadNotFound, MasterNotFound, DeadlineExceeded, InternalError, Refused]
    singles += [Unavailable]
    kinds = [*singles, *all_errors(Refused), *all_errors(Unavailable)]
    expected = {kind.code: yes(kind.retryable) for kind in kinds if kind is not QueueFull}
    assert {row[0]: row[2] for row in marked("failures")} == expected | MADE_BY_THE_QUEUE


@pytest.mark.parametrize("code", MADE_BY_THE_QUEUE)
def test_codes_that_the_queue_makes_are_still_made(code: str) -> None:
    sources = (Path(__file__).parents[3] / "services").rglob("*.py")
    assert any(f'"{code}"' in source.read_text() for source in sources)


def test_every_option_has_its_row_with_all_its_values() -> None:
    told = {row[0]: row[1] for row in under("| option | values |")}
    options = jobs_pb2.JobOptions.DESCRIPTOR.fields
    assert [*told] == [option.json_name for option in options]
    for option in options:
        if choices := bounds_of(option).choices:
            assert re.findall(r"[\w-]+", told[option.json_name]) == [*choices]


def test_every_field_of_a_new_job_has_its_row_with_its_bounds() -> None:
    told = {row[0]: row for row in under("| field | | |")}
    whole = jobs_pb2.CreateJobRequest.DESCRIPTOR.GetOptions().Extensions[fields_pb2.whole]
    fields = jobs_pb2.CreateJobRequest.DESCRIPTOR.fields
    assert [*told] == [field.json_name for field in fields]
    for field in fields:
        bounds = bounds_of(field)
        _, needed, words = told[field.json_name]
        needs = bounds.required or bounds.required_unless or field.name in whole.any_of[:1]
        assert (needed == "required") == bool(needs)
        for number in (bounds.min_length, bounds.max_length, bounds.max_items):
            assert not number or f"{number:,}" in words


@pytest.mark.parametrize("request_type", [jobs_pb2.ListJobsRequest, ListGenerationsRequest])
def test_the_page_tells_the_bounds_of_a_page(request_type: Any) -> None:
    bounds = bounds_of(request_type.DESCRIPTOR.fields_by_name["limit"])
    told = f"`limit` is {bounds.minimum:g} to {bounds.maximum:g} ({bounds.fallback} by default)"
    assert told in PAGE


def test_every_path_of_the_api_is_in_the_table_of_operations() -> None:
    table = PAGE[PAGE.index("## Operations") :].split("\n\n")[1]
    listed = re.findall(r"`(/[^`?]*)`", table)
    folders = tuple(one.removesuffix("...") for one in listed if one.endswith("..."))
    for rpc in read_contracts(descriptor_file().read_bytes()).rpcs:
        for binding in rpc.bindings:
            path = re.sub(r"_(\w)", lambda found: found[1].upper(), binding.template)
            whole = path.removesuffix("/{path=**}")
            assert whole in listed or f"{whole}/".startswith(folders), binding.template


def test_links_inside_the_page_lead_somewhere() -> None:
    heads = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= anchors
