"""Which operations an answer leads to: those of its service whose path takes a value of it."""

from collections.abc import Iterator
from typing import Any

from services.common.contracts import Contracts, Message, Rpc

_DEPTH = 2
"""How deep an answer is searched: down to the fields of an item in a list."""


def operation_id(rpc: Rpc) -> str:
    """Return what OpenAPI calls the rpc."""
    return rpc.name[0].lower() + rpc.name[1:]


class LinkObjects:
    """Finds the Link Objects of answers."""

    def __init__(self, contracts: Contracts) -> None:
        self._rpcs = contracts.rpcs
        self._messages = contracts.messages

    def of(self, rpc: Rpc) -> dict[str, Any]:
        """Return the links of a success, by the operation to which they lead."""
        if rpc.streams:
            return {}
        answer = self._messages[rpc.response]
        return {
            operation_id(target): {
                "operationId": operation_id(target),
                "parameters": {name: f"$response.body#/{pointer}"},
            }
            for target, variable in self._targets(rpc)
            for name, pointer in sorted(self._pointers(answer, variable, _DEPTH), key=_depth)[:1]
        }

    def _targets(self, rpc: Rpc) -> Iterator[tuple[Rpc, str]]:
        for target in self._rpcs:
            if target.service == rpc.service and target is not rpc:
                variables = target.bindings[0].variables if target.bindings else ()
                if len(variables) == 1:
                    yield target, variables[0]

    def _pointers(self, message: Message, variable: str, depth: int) -> Iterator[tuple[str, str]]:
        """Yield the JSON name of a field called `variable`, and where in `message` it is."""
        for field in message.fields:
            inner = self._messages.get(field.kind)
            if field.name == variable:
                yield field.json_name, field.json_name
            elif inner and depth > 1:
                step = f"{field.json_name}/0" if field.repeated else field.json_name
                for name, pointer in self._pointers(inner, variable, depth - 1):
                    yield name, f"{step}/{pointer}"


def _depth(place: tuple[str, str]) -> int:
    """The outermost field of a name is the one that is meant."""
    return place[1].count("/")
