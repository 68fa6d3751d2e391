"""A whole storage process, with certificates as Kubernetes gives them out: who gets in by which."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from snapasset.storage.v1 import storage_pb2, storage_pb2_grpc

from deploy.local.forks import ForkServer
from services.common.settings import load
from services.storage.settings import StorageSettings
from tests.servers.certificates import Authority
from tests.servers.own_process import service_process

OURS = {
    "gateway": True,
    "worker": True,
    "envoy": False,
    "generator": False,
    "resizer": False,
    "storage": False,
}
"""Who has a certificate of the authority, and whether it opens storage."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarded:
    """A running storage and who signed for it."""

    address: str
    authority: Authority


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory, forks: ForkServer) -> Iterator[Guarded]:
    folder: Path = tmp_path_factory.mktemp("guarded")
    authority = Authority(folder / "authority")
    told = {**authority.environ("storage"), "STORAGE_DIRECTORY": str(folder / "objects")}
    with service_process("storage", load(StorageSettings, told), forks) as (_, port):
        yield Guarded(address=f"localhost:{port}", authority=authority)


@pytest.mark.parametrize(("name", "may"), OURS.items(), ids=OURS)
def test_storage_deletes_an_owner_for_its_callers_alone(
    storage: Guarded, name: str, may: bool
) -> None:
    assert deletes_an_owner(storage, storage.authority, name) == may


def test_the_right_name_of_another_authority_is_nobody(storage: Guarded, tmp_path: Path) -> None:
    assert not deletes_an_owner(storage, Authority(tmp_path), "gateway")


def test_without_a_certificate_nobody_gets_in(storage: Guarded) -> None:
    trusted = storage.authority.file.read_bytes()
    secure = grpc.secure_channel(storage.address, grpc.ssl_channel_credentials(trusted))
    for channel in (secure, grpc.insecure_channel(storage.address)):
        assert not answers(channel)


def deletes_an_owner(storage: Guarded, authority: Authority, name: str) -> bool:
    own = authority.sign(name)
    credentials = grpc.ssl_channel_credentials(
        storage.authority.file.read_bytes(), own.key.read_bytes(), own.cert.read_bytes()
    )
    # Channels of one process share a connection to an address, certificate and all.
    alone = [("grpc.use_local_subchannel_pool", 1)]
    return answers(grpc.secure_channel(storage.address, credentials, alone))


def answers(channel: grpc.Channel) -> bool:
    with channel:
        stub = storage_pb2_grpc.StorageServiceStub(channel)
        try:
            stub.DeleteOwner(storage_pb2.DeleteOwnerRequest(user_id="alice"), timeout=20)
        except grpc.RpcError:
            return False
    return True
