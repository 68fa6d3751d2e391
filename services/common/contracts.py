"""What the public contracts say: services, rpcs with their options, messages and comments."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snapasset.options.v1.fields_pb2 import Bounds, Whole
from snapasset.options.v1.methods_pb2 import Endpoint

PACKAGE = "snapasset.gateway.v1"
"""The package of the public contracts."""

LONGEST_WAIT_SECONDS = 25
"""The longest wait that a caller of an rpc with `takes_wait` may ask for."""

REFLECTION_SERVICES = (
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
)
"""Both versions have the same messages; tools ask for v1 first."""

VARIABLE = re.compile(r"\{([\w.]+)(=\*\*)?\}")
"""A variable in a path template: the field it sets, and whether it matches the rest of the path."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field. `kind` is the name of its proto type, or the full name of a message."""

    name: str
    json_name: str
    kind: str
    repeated: bool
    optional: bool
    bounds: Bounds
    comment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message. A map's entry is one too, with `is_map` and the fields `key` and `value`."""

    name: str
    fields: Sequence[Field]
    whole: Whole
    is_map: bool
    comment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """One path of an rpc: `body` and `response_body` as in google.api.HttpRule."""

    method: str
    template: str
    body: str
    response_body: str

    @property
    def variables(self) -> Sequence[str]:
        """The fields that the path sets, by their proto names."""
        return [found[1] for found in VARIABLE.finditer(self.template)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rpc:
    """An rpc. `request` and `response` are full names of messages; `uploads` and `streams` say
    whether they are streams."""

    service: str
    name: str
    request: str
    response: str
    uploads: bool
    streams: bool
    bindings: Sequence[Binding]
    endpoint: Endpoint
    comment: str

    @property
    def method(self) -> str:
        """Its path on the wire."""
        return f"/{PACKAGE}.{self.service}/{self.name}"

    @property
    def downloads(self) -> bool:
        """True when the messages of its stream make up one HTTP body."""
        return self.streams and any(binding.response_body for binding in self.bindings)


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service. The API documentation lists it under `title`."""

    name: str
    title: str
    place: int
    comment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Contracts:
    """All public contracts. `messages` is keyed by full name."""

    services: Sequence[Service]
    rpcs: Sequence[Rpc]
    messages: Mapping[str, Message]


def path_regex(template: str) -> str:
    """Return a regular expression for paths of `template`, with a group for each variable."""
    made, end = "", 0
    for variable in VARIABLE.finditer(template):
        taken = "(.*)" if variable[2] else "([^/]+)"
        made += re.escape(template[end : variable.start()]) + taken
        end = variable.end()
    return made + re.escape(template[end:])
