"""The table of access names every rpc, and nothing else."""

from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from services.gateway.access.control import ACCESS, Access

DESCRIPTOR = Path(__file__).parents[4] / "gen" / "snapasset.binpb"


def rpcs() -> set[str]:
    files = FileDescriptorSet.FromString(DESCRIPTOR.read_bytes()).file
    return {
        f"/{file.package}.{service.name}/{rpc.name}"
        for file in files
        if file.package == "snapasset.gateway.v1"
        for service in file.service
        for rpc in service.method
    }


def test_every_rpc_is_in_the_table() -> None:
    assert rpcs() == ACCESS.keys()


def test_what_changes_more_than_the_callers_own_needs_an_administrator() -> None:
    admin = {rpc.rpartition("/")[2] for rpc, access in ACCESS.items() if access is Access.ADMIN}
    assert admin == {"CleanQueue", "PauseQueue", "ResumeQueue", "DeleteUserData"}


def test_only_the_site_is_open_to_everybody() -> None:
    is_open = {rpc for rpc, access in ACCESS.items() if access in (Access.FREE, Access.EVERYBODY)}
    assert {rpc.split("/")[1] for rpc in is_open} == {"snapasset.gateway.v1.SiteService"}
