"""An administrator deletes a user through the gateway, and each store really lets go of it all."""

from snapasset.gateway.v1.users_pb2 import DeleteUserDataRequest
from snapasset.gateway.v1.users_pb2_grpc import UserServiceStub
from snapasset.storage.v1 import storage_pb2 as pb

from deploy.local.forks import ForkServer
from services.common.keys import generation_folder
from services.storage.opening import open_store
from services.storage.settings import StorageSettings
from tests.contracts.calls import SOON, put
from tests.contracts.test_generations import generation, made_at
from tests.contracts.test_owners import left
from tests.servers.gateway import bearer, connected, running_gateway
from tests.servers.redis import running_redis
from tests.servers.storage import connected as storage_connected
from tests.servers.storage import storage_process

OWNERS = ("ada", "ada-b", "ad")


async def test_a_deleted_user_is_gone_from_the_store(
    settings: StorageSettings, forks: ForkServer
) -> None:
    store = open_store(settings)
    with running_redis() as redis_url, storage_process(settings, forks) as (_, port):
        async with storage_connected(port) as storage:
            for owner in OWNERS:
                record = pb.SaveGenerationRequest(generation=generation(1, owner))
                await storage.SaveGeneration(record, **SOON)
                await put(storage, generation_folder(owner, made_at(1)) + "master", b"cat")
        at = f"127.0.0.1:{port}"
        async with (
            running_gateway(redis_url, storage_address=at) as address,
            connected(address, bearer("root", role="admin")) as root,
        ):
            request = DeleteUserDataRequest(user_id="ada")
            gone = (await root.call(UserServiceStub(root.channel).DeleteUserData, request)).message
    assert (gone.done, gone.deleted_generations, gone.deleted_files) == (True, 1, 1)
    assert {owner: left(store, owner) for owner in OWNERS} == {"ada": 0, "ada-b": 2, "ad": 2}
