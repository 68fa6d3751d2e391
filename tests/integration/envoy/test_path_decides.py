"""What a path names is what is meant, on every route: nothing else in a request can set it."""

import json
import re
from collections.abc import Iterator
from functools import reduce
from itertools import product
from typing import Any

import pytest

from services.common.contracts import Binding, Rpc
from services.common.descriptor_set import read_contracts
from tests.integration.envoy.conftest import Door
from tests.servers.trial_contract import with_trial_service

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRACTS = read_contracts(with_trial_service())
BOUND = [
    pytest.param(rpc, binding, id=f"{binding.method.upper()} {binding.template}")
    for rpc in CONTRACTS.rpcs
    for binding in rpc.bindings
    if binding.variables
]


async def meant(door: Door, rpc: Rpc, binding: Binding, query: str, **sent: Any) -> list[str]:
    """Ask with the path's values counted from 1; return what the gateway was asked for."""
    numbers = iter("123456789")
    path = re.sub(r"\{[^}]*\}", lambda _: f"the%20path{next(numbers)}", binding.template)
    door.echo.asked.clear()
    answer = await door.http.request(binding.method.upper(), path + query, **sent)
    assert answer.status_code == (rpc.endpoint.success_status or 200), answer.text
    request: Any = door.echo.asked[rpc.method]
    return [reduce(getattr, name.split("."), request) for name in binding.variables]


def by_path(binding: Binding) -> list[str]:
    return [f"the path{n}" for n in range(1, len(binding.variables) + 1)]


def spellings(rpc: Rpc, variable: str) -> Iterator[str]:
    """Yield every spelling of a field's path: each step by either of its names."""
    message, steps = rpc.request, []
    for step in variable.split("."):
        field = next(one for one in CONTRACTS.messages[message].fields if one.name == step)
        steps.append({field.name, field.json_name})
        message = field.kind
    yield from map(".".join, product(*steps))


@pytest.mark.parametrize(("rpc", "binding"), BOUND)
async def test_no_query_replaces_it(door: Door, rpc: Rpc, binding: Binding) -> None:
    for name in (name for variable in binding.variables for name in spellings(rpc, variable)):
        encoded = f"%{ord(name[0]):02x}{name[1:]}"
        for query in (
            f"?{name}=query",
            f"?{name}=the%20path1&{name}=query",
            f"?x=1&{name}=",
            f"?{encoded}=query",
            f"?{name}.x=query",
            f"?x?{name}=query",
        ):
            assert await meant(door, rpc, binding, query) == by_path(binding), query


@pytest.mark.parametrize(("rpc", "binding"), BOUND)
async def test_no_body_replaces_it(door: Door, rpc: Rpc, binding: Binding) -> None:
    for name in (name for variable in binding.variables for name in spellings(rpc, variable)):
        *outer, last = name.split(".")
        body: Any = {last: "body"}
        for step in reversed(outer):
            body = {step: body}
        for sent in (json.dumps(body), json.dumps(body)[:-1] + f', "{name}": "body"' + "}"):
            found = await meant(door, rpc, binding, "", content=sent)
            assert found == by_path(binding), sent


@pytest.mark.parametrize(("rpc", "binding"), BOUND)
async def test_no_content_type_leads_around_it(door: Door, rpc: Rpc, binding: Binding) -> None:
    name = next(spellings(rpc, binding.variables[0]))
    for kind in ("application/grpc;x", "APPLICATION/GRPC", "text/plain"):
        sent = {"headers": {"content-type": kind}}
        assert await meant(door, rpc, binding, f"?{name}=query", **sent) == by_path(binding), kind


async def test_what_the_path_does_not_name_is_taken_from_query_and_body(door: Door) -> None:
    answer = await door.http.post("/trial/a?theThing.colour=red", json={"words": "w"})
    request: Any = door.echo.asked["/snapasset.gateway.v1.TrialService/Try"]
    assert answer.status_code == 200
    assert (request.trial_id, request.words, request.the_thing.colour) == ("a", "w", "red")
