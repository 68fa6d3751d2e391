"""What a REST path names is what is meant: nothing else in a request can set it.

Envoy's transcoder lets a query parameter, and some spellings of a field in the body, replace what
it has taken from the path. So each variable of the path is taken from there once more, when the
request is read. Calls that were gRPC from the start have no such path.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

import grpc
from google.protobuf.message import Message

from services.common.contracts import Binding, Contracts
from services.common.errors import NotFound
from services.common.interceptors import Context

ORIGINAL_PATH = "x-envoy-original-path"
"""What the transcoder calls the path that it has replaced; no client can send it through Envoy."""

_VARIABLE = re.compile(r"\{([\w.]+)(=\*\*)?\}")


class PathInterceptor(grpc.aio.ServerInterceptor):
    """Sets the fields of a request that its REST path names."""

    def __init__(self, contracts: Contracts) -> None:
        self._forms = {rpc.method: [*map(_form, rpc.bindings)] for rpc in contracts.rpcs}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        details: grpc.HandlerCallDetails,
    ) -> Any:
        """Return the handler of the rpc, which reads requests so."""
        handler = await continuation(details)
        path = dict(details.invocation_metadata or ()).get(ORIGINAL_PATH)
        if handler is None or path is None or details.method not in self._forms:
            return handler
        named = self._named(details.method, str(path).partition("?")[0])
        if named is None:
            return grpc.unary_unary_rpc_method_handler(_no_such_path)
        read = handler.request_deserializer
        return handler._replace(request_deserializer=lambda sent: _set(read(sent), named))

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


def _form(binding: Binding) -> tuple[list[str], re.Pattern[str]]:
    """Return the variables of a path, and what has a group for each."""
    pieces = _VARIABLE.split(binding.template)
    names, wide, fixed = pieces[1::3], pieces[2::3], map(re.escape, pieces[0::3])
    groups = ["(.*)" if rest else "([^/]+)" for rest in wide]
    joined = "".join(text for pair in zip(fixed, [*groups, ""], strict=True) for text in pair)
    return names, re.compile(joined + "/?")


def _set(request: Message, named: Mapping[str, str]) -> Message:
    for variable, value in named.items():
        *steps, name = variable.split(".")
        inner = request
        for step in steps:
            inner = getattr(inner, step)
        setattr(inner, name, value)
    return request


async def _no_such_path(request: bytes, ctx: Context) -> None:
    raise NotFound("There is nothing at this path. GET /api lists what there is.")
