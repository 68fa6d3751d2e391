"""The contracts can be built anywhere: what they import is beside them, as Google publishes it."""

from importlib.metadata import files
from pathlib import Path

from google.protobuf import descriptor_pb2

from deploy.envoy.settings import EnvoySettings
from services.common.descriptor_set import descriptor_file

GOOGLE = Path(__file__).parents[2] / "third_party" / "googleapis"


def test_the_files_of_google_are_those_of_its_package() -> None:
    published = {str(file): file for file in files("googleapis-common-protos") or ()}
    ours = [*GOOGLE.rglob("*.proto")]
    assert ours
    for file in ours:
        assert file.read_bytes() == published[str(file.relative_to(GOOGLE))].read_binary()


def test_the_descriptor_set_has_the_details_of_errors() -> None:
    found = descriptor_pb2.FileDescriptorSet.FromString(descriptor_file().read_bytes())
    messages = {f"{file.package}.{one.name}" for file in found.file for one in file.message_type}
    assert {"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo"} <= messages


def test_envoy_transcodes_by_the_same_contracts_without_their_comments() -> None:
    found = descriptor_pb2.FileDescriptorSet.FromString(descriptor_file().read_bytes())
    for file in found.file:
        file.ClearField("source_code_info")
    envoys = descriptor_pb2.FileDescriptorSet()
    envoys.ParseFromString(EnvoySettings().descriptor_file.read_bytes())
    assert envoys == found
