"""Makes the path win: nothing else in a REST request can set a field that its path names.

Envoy's transcoder lets a query parameter, and some spellings of a field in the body, replace what
it took from the path. So each variable is taken from the path again when the request is read. A
call that was made over gRPC has no such path.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import unquote

from google.protobuf.message import Message

from services.common import context
from services.common.contracts import Contracts, path_regex
from services.common.errors import NotFound
from services.common.interceptors import Context

ORIGINAL_PATH = "x-envoy-original-path"
"""Where the transcoder puts the REST path; no client can send this header through Envoy."""


_PLAIN = re.compile("-?[0-9]{1,9}")


class Paths:
    """Sets the fields of a request that its REST path names."""

    def __init__(self, contracts: Contracts) -> None:
        self._forms = {
            rpc.method: [
                (binding.variables, re.compile(path_regex(binding.template) + "/?"))
                for binding in rpc.bindings
            ]
            for rpc in contracts.rpcs
        }

    @asynccontextmanager
    async def around(self, ctx: Context, method: str) -> AsyncIterator[None]:
        """Make the request say what the path says. Raises NotFound for a path of another rpc."""
        path = dict(ctx.invocation_metadata() or ()).get(ORIGINAL_PATH)
        if path is not None and method in self._forms:
            named = self._named(method, str(path).partition("?")[0])
            if named is None:
                raise NotFound("There is nothing at this path. GET /api lists what there is.")
            _set(cast(Message, context.request.get()), named)
        yield

    def _named(self, method: str, path: str) -> Mapping[str, str] | None:
        """Return each variable with its value, None for a path that is not the method's."""
        for variables, form in self._forms[method]:
            if found := form.fullmatch(path):
                try:
                    values = [unquote(value, errors="strict") for value in found.groups()]
                except UnicodeDecodeError:
                    return None
                return dict(zip(variables, values, strict=True))
        return None


def _set(request: Message, named: Mapping[str, str]) -> None:
    for variable, value in named.items():
        *steps, name = variable.split(".")
        inner = request
        for step in steps:
            inner = getattr(inner, step)
        field = inner.DESCRIPTOR.fields_by_name[name]
        setattr(inner, name, _number(value) if field.cpp_type == field.CPPTYPE_INT32 else value)


def _number(text: str) -> int:
    """Return a number of the path; 0, which names nothing, for an odd spelling of one."""
    return int(text) if _PLAIN.fullmatch(text) else 0
