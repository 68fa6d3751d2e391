"""What a path names is what is meant, on every route: nothing else in a request can set it."""

import json
import re
from collections.abc import Iterator
from functools import reduce
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from services.common.contracts import Binding, Field, Rpc
from services.common.descriptor_set import read_contracts
from tests.integration.envoy.conftest import Door
from tests.servers.trial_contract import with_trial_service

pytestmark = pytest.mark.asyncio(loop_scope="session")

Value = str | int

CONTRACTS = read_contracts(with_trial_service())
BOUND = [
    pytest.param(rpc, binding, id=f"{binding.method.upper()} {binding.template}")
    for rpc in CONTRACTS.rpcs
    for binding in rpc.bindings
    if binding.variables
]


async def meant(door: Door, rpc: Rpc, binding: Binding, query: str, **sent: Any) -> list[Value]:
    """Ask with the path's own values; return what the gateway was asked for."""
    values = iter(by_path(rpc, binding))
    path = re.sub(r"\{[^}]*\}", lambda _: quote(str(next(values))), binding.template)
    door.echo.asked.clear()
    answer = await door.http.request(binding.method.upper(), path + query, **sent)
    assert answer.status_code == 200, answer.text
    request: Any = door.echo.asked[rpc.method]
    return [reduce(getattr, name.split("."), request) for name in binding.variables]


def by_path(rpc: Rpc, binding: Binding) -> list[Value]:
    return [
        number if is_number(rpc, variable) else f"the path{number}"
        for number, variable in enumerate(binding.variables, start=1)
    ]


def another(rpc: Rpc, variable: str, place: str) -> Value:
    """Return a value that the path does not have, of the field's kind."""
    return 99 if is_number(rpc, variable) else place


def is_number(rpc: Rpc, variable: str) -> bool:
    return fields(rpc, variable)[-1].kind == "int32"


def fields(rpc: Rpc, variable: str) -> list[Field]:
    """Return the fields on the way to a variable."""
    message, found = rpc.request, []
    for step in variable.split("."):
        found.append(next(one for one in CONTRACTS.messages[message].fields if one.name == step))
        message = found[-1].kind
    return found


def spellings(rpc: Rpc, variable: str) -> Iterator[str]:
    """Yield every spelling of a field's path: each step by either of its names."""
    names = ({field.name, field.json_name} for field in fields(rpc, variable))
    yield from map(".".join, product(*names))


def spelled(rpc: Rpc, binding: Binding, place: str) -> Iterator[tuple[str, Value]]:
    """Yield every spelling of every variable, with a value that the path does not have."""
    for variable in binding.variables:
        for name in spellings(rpc, variable):
            yield name, another(rpc, variable, place)


@pytest.mark.parametrize(("rpc", "binding"), BOUND)
async def test_no_query_replaces_it(door: Door, rpc: Rpc, binding: Binding) -> None:
    for name, value in spelled(rpc, binding, "query"):
        encoded, nothing = f"%{ord(name[0]):02x}{name[1:]}", type(value)()
        for query in (
            f"?{name}={value}",
            f"?{name}={nothing}&{name}={value}",
            f"?x=1&{name}={nothing}",
            f"?{encoded}={value}",
            f"?{name}.x={value}",
            f"?x?{name}={value}",
        ):
            assert await meant(door, rpc, binding, query) == by_path(rpc, binding), query


@pytest.mark.parametrize(("rpc", "binding"), BOUND)
async def test_no_body_replaces_it(door: Door, rpc: Rpc, binding: Binding) -> None:
    for name, value in spelled(rpc, binding, "body"):
        *outer, last = name.split(".")
        body: Any = {last: value}
        for step in reversed(outer):
            body = {step: body}
        flat = json.dumps({name: value})[1:]
        for sent in (json.dumps(body), f"{json.dumps(body)[:-1]}, {flat}"):
            found = await meant(door, rpc, binding, "", content=sent)
            assert found == by_path(rpc, binding), sent


@pytest.mark.parametrize(("rpc", "binding"), BOUND)
async def test_no_content_type_leads_around_it(door: Door, rpc: Rpc, binding: Binding) -> None:
    name = next(spellings(rpc, binding.variables[0]))
    for kind in ("application/grpc;x", "APPLICATION/GRPC", "text/plain"):
        sent = {"headers": {"content-type": kind}}
        found = await meant(door, rpc, binding, f"?{name}=query", **sent)
        assert found == by_path(rpc, binding), kind


async def test_what_the_path_does_not_name_is_taken_from_query_and_body(door: Door) -> None:
    answer = await door.http.post("/trial/a?theThing.colour=red", json={"words": "w"})
    request: Any = door.echo.asked["/snapasset.gateway.v1.TrialService/Try"]
    assert answer.status_code == 200
    assert (request.trial_id, request.words, request.the_thing.colour) == ("a", "w", "red")
