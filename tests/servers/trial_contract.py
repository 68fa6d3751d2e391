"""A contract beside the real ones, with the kinds of path and body that those do not have."""

from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from snapasset.options.v1 import methods_pb2

from services.common.contracts import PACKAGE
from services.common.descriptor_set import descriptor_file


def with_trial_service() -> bytes:
    """Return the descriptor set with TrialService in it."""
    files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_file().read_bytes())
    files.file.append(_trial())
    return files.SerializeToString()


def _trial() -> descriptor_pb2.FileDescriptorProto:
    imports = ["google/api/annotations.proto", "snapasset/options/v1/methods.proto"]
    file = descriptor_pb2.FileDescriptorProto(
        name="trial.proto", package=PACKAGE, syntax="proto3", dependency=imports
    )
    thing = file.message_type.add(name="TrialThing")
    _text(thing, "thing_id", "thingId")
    _text(thing, "colour", "colour")
    request = file.message_type.add(name="TryRequest")
    _text(request, "trial_id", "trialId")
    _text(request, "words", "words")
    inner = request.field.add(name="the_thing", json_name="theThing", number=3)
    inner.type, inner.type_name = Field.TYPE_MESSAGE, f".{PACKAGE}.TrialThing"
    inner.label = Field.LABEL_OPTIONAL
    file.message_type.add(name="TryResponse")
    service = file.service.add(name="TrialService")
    service.options.Extensions[methods_pb2.section].title = "Trial"
    names = {"input_type": f".{PACKAGE}.TryRequest", "output_type": f".{PACKAGE}.TryResponse"}
    rpc = service.method.add(name="Try", **names)
    endpoint = rpc.options.Extensions[methods_pb2.endpoint]
    endpoint.access, endpoint.counted = methods_pb2.ACCESS_EVERYBODY, True
    rule: http_pb2.HttpRule = rpc.options.Extensions[annotations_pb2.http]  # type: ignore[index]
    rule.post, rule.body = "/trial/{trial_id}", "*"
    for path, body in (
        ("/trial/{trial_id}/things/{the_thing.thing_id}", "*"),
        ("/trial/{trial_id}/colour", "the_thing"),
        ("/trial/{trial_id}/plain", ""),
    ):
        rule.additional_bindings.add(post=path, body=body)
    return file


def _text(message: descriptor_pb2.DescriptorProto, name: str, json_name: str) -> None:
    number = len(message.field) + 1
    message.field.add(
        name=name,
        json_name=json_name,
        number=number,
        type=Field.TYPE_STRING,
        label=Field.LABEL_OPTIONAL,
    )
