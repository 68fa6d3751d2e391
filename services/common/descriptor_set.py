"""Reads the public contracts from the descriptor set.

We read it rather than the generated modules because only it keeps the comments, and because Envoy
transcodes by it. One Make rule writes all of them into one folder.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Proto
from snapasset.options.v1 import fields_pb2, methods_pb2
from snapasset.options.v1.methods_pb2 import Access

from services.common.contracts import PACKAGE, Binding, Contracts, Field, Message, Rpc, Service
from services.common.refusal import CannotStart

# Field numbers of descriptor.proto, by which a comment says what in its file it belongs to.
_MESSAGE, _SERVICE, _INNER = 4, 6, 2


def descriptor_file() -> Path:
    """Return the path of the descriptor set, which lies beside the generated code."""
    return Path(methods_pb2.__file__).parents[3] / "snapasset.binpb"


def read_contracts(descriptor_set: bytes) -> Contracts:
    """Return the public contracts in a serialized FileDescriptorSet.

    Raises CannotStart naming every rpc and service that lacks an option.
    """
    services: list[Service] = []
    rpcs: list[Rpc] = []
    messages: dict[str, Message] = {}
    for file in descriptor_pb2.FileDescriptorSet.FromString(descriptor_set).file:
        if file.package != PACKAGE:
            continue
        comments = _comments(file)
        for at, message in enumerate(file.message_type):
            messages.update(_messages(message, PACKAGE, (_MESSAGE, at), comments))
        for at, service in enumerate(file.service):
            services.append(_service(service, comments.get((_SERVICE, at), "")))
            for n, rpc in enumerate(service.method):
                comment = comments.get((_SERVICE, at, _INNER, n), "")
                rpcs.append(_rpc(rpc, service.name, comment))
    if complaints := [*_complaints(services, rpcs)]:
        raise CannotStart(f"the contracts are incomplete: {'; '.join(complaints)}")
    return Contracts(services=services, rpcs=rpcs, messages=messages)


def _complaints(services: Iterable[Service], rpcs: Iterable[Rpc]) -> Iterator[str]:
    for service in services:
        if not service.title:
            yield f"{service.name} has no title in its option snapasset.options.v1.section"
    for rpc in rpcs:
        where = f"{rpc.service}.{rpc.name}, in its option snapasset.options.v1.endpoint,"
        if rpc.endpoint.access == Access.ACCESS_UNSPECIFIED:
            yield f"{where} must say who may call it (access)"
        if not rpc.endpoint.HasField("counted"):
            yield f"{where} must say whether calls are counted (counted)"


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
    yield (
        name,
        Message(
            name=message.name,
            fields=fields,
            whole=message.options.Extensions[fields_pb2.whole],
            is_map=is_map,
            comment=comment,
        ),
    )
    for inner in message.nested_type:
        yield from _messages(inner, name, (), {})


def _service(service: descriptor_pb2.ServiceDescriptorProto, comment: str) -> Service:
    section = service.options.Extensions[methods_pb2.section]
    return Service(name=service.name, title=section.title, place=section.place, comment=comment)


def _rpc(rpc: descriptor_pb2.MethodDescriptorProto, service: str, comment: str) -> Rpc:
    rule: http_pb2.HttpRule = rpc.options.Extensions[annotations_pb2.http]  # type: ignore[index]
    return Rpc(
        service=service,
        name=rpc.name,
        request=rpc.input_type.lstrip("."),
        response=rpc.output_type.lstrip("."),
        uploads=rpc.client_streaming,
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
        endpoint=rpc.options.Extensions[methods_pb2.endpoint],
        comment=comment,
    )
