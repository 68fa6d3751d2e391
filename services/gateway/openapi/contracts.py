"""The public contracts as the descriptor set has them: services, messages and their comments.

The descriptor set is read instead of the generated modules because only it keeps comments. One
Make rule writes both, into one folder.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Proto
from snapasset.gateway.v1 import jobs_pb2
from snapasset.options.v1 import fields_pb2
from snapasset.options.v1.fields_pb2 import Bounds

PACKAGE = "snapasset.gateway.v1"

# Numbers of descriptor.proto: where in a file a thing is, for its comment.
_MESSAGE, _SERVICE, _INNER = 4, 6, 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field. `kind` is the type's name in proto, or the full name of a message."""

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
    is_map: bool
    comment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """One path of an rpc: `body` and `response_body` as in google.api.HttpRule."""

    method: str
    template: str
    body: str
    response_body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rpc:
    """An rpc. `request` and `response` are full names of messages."""

    service: str
    name: str
    request: str
    response: str
    streams: bool
    bindings: Sequence[Binding]
    comment: str

    @property
    def method(self) -> str:
        """What gRPC calls it on the wire."""
        return f"/{PACKAGE}.{self.service}/{self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contracts:
    """All of them. `messages` are by full name, `services` give the comment of each."""

    services: Mapping[str, str]
    rpcs: Sequence[Rpc]
    messages: Mapping[str, Message]


def descriptor_file() -> Path:
    """Return the path of the descriptor set, which lies beside the generated code."""
    return Path(jobs_pb2.__file__).parents[3] / "snapasset.binpb"


def read_contracts(descriptor_set: bytes) -> Contracts:
    """Return the public contracts of a serialized FileDescriptorSet."""
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set).file
    services: dict[str, str] = {}
    rpcs: list[Rpc] = []
    messages: dict[str, Message] = {}
    for file in files:
        if file.package != PACKAGE:
            continue
        comments = _comments(file)
        for at, message in enumerate(file.message_type):
            messages.update(_messages(message, PACKAGE, (_MESSAGE, at), comments))
        for at, service in enumerate(file.service):
            services[service.name] = comments.get((_SERVICE, at), "")
            for n, rpc in enumerate(service.method):
                comment = comments.get((_SERVICE, at, _INNER, n), "")
                rpcs.append(_rpc(rpc, service.name, comment))
    return Contracts(services=services, rpcs=rpcs, messages=messages)


def _comments(file: descriptor_pb2.FileDescriptorProto) -> dict[tuple[int, ...], str]:
    return {
        tuple(one.path): " ".join(one.leading_comments.split())
        for one in file.source_code_info.location
        if one.leading_comments
    }


def _messages(
    message: descriptor_pb2.DescriptorProto,
    scope: str,
    path: tuple[int, ...],
    comments: Mapping[tuple[int, ...], str],
) -> Iterator[tuple[str, Message]]:
    name = f"{scope}.{message.name}"
    fields = [
        Field(
            name=field.name,
            json_name=field.json_name,
            kind=field.type_name.lstrip(".") or Proto.Type.Name(field.type)[5:].lower(),
            repeated=field.label == Proto.LABEL_REPEATED,
            optional=field.proto3_optional,
            bounds=field.options.Extensions[fields_pb2.bounds],
            comment=comments.get((*path, _INNER, at), ""),
        )
        for at, field in enumerate(message.field)
    ]
    is_map = message.options.map_entry
    comment = comments.get(path, "")
    yield name, Message(name=message.name, fields=fields, is_map=is_map, comment=comment)
    for inner in message.nested_type:
        yield from _messages(inner, name, (), {})


def _rpc(rpc: descriptor_pb2.MethodDescriptorProto, service: str, comment: str) -> Rpc:
    rule: http_pb2.HttpRule = rpc.options.Extensions[annotations_pb2.http]  # type: ignore[index]
    return Rpc(
        service=service,
        name=rpc.name,
        request=rpc.input_type.lstrip("."),
        response=rpc.output_type.lstrip("."),
        streams=rpc.server_streaming,
        bindings=[
            Binding(
                method=verb,
                template=getattr(each, verb),
                body=each.body,
                response_body=each.response_body,
            )
            for each in (rule, *rule.additional_bindings)
            if (verb := each.WhichOneof("pattern"))
        ],
        comment=comment,
    )
