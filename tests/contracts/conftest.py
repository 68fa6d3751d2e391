"""Every test here that takes `settings` or `store` runs on each store that we have."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from services.storage.opening import open_store
from services.storage.settings import StorageSettings
from services.storage.store import ObjectStore
from tests.servers.minio import Minio, NoMinio, running_minio
from tests.servers.storage import running_storage

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub


@pytest.fixture(scope="session")
def minio() -> Iterator[Minio]:
    """A MinIO server of this test run."""
    try:
        with running_minio() as server:
            yield server
    except NoMinio as error:
        pytest.skip(f"no S3 server: {error}")


@pytest.fixture
def s3_settings(minio: Minio) -> StorageSettings:
    """Settings of an empty bucket."""
    return StorageSettings(
        s3_endpoint=minio.endpoint,
        s3_bucket=f"test-{uuid4()}",
        s3_access_key=minio.access_key,
        s3_secret_key=minio.secret_key,
        s3_secure=False,
        drain_seconds=0,
        grace_seconds=0,
    )


@pytest.fixture(params=["directory", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StorageSettings:
    """Settings of an empty store."""
    if request.param == "s3":
        found: StorageSettings = request.getfixturevalue("s3_settings")
        return found
    return StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)


@pytest.fixture
def store(settings: StorageSettings) -> ObjectStore:
    """An empty store."""
    return open_store(settings)


@pytest.fixture
async def storage(settings: StorageSettings) -> AsyncIterator["StorageServiceAsyncStub"]:
    """A stub of storage over an empty store."""
    async with running_storage(settings) as stub:
        yield stub
