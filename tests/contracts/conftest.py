"""Every test here that takes `settings` or `store` runs on each store that we have."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from services.storage.opening import open_store
from services.storage.settings import StorageSettings
from services.storage.store import ObjectStore
from tests.servers.go_programs import NoProgram
from tests.servers.s3 import KINDS, S3Server, running_s3
from tests.servers.storage import running_storage

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub


@pytest.fixture(scope="session")
def minio() -> Iterator[S3Server]:
    """A MinIO server of this test run."""
    yield from _server("minio")


@pytest.fixture(scope="session")
def versitygw() -> Iterator[S3Server]:
    """A Versity gateway of this test run: an S3 server with other habits than MinIO's."""
    yield from _server("versitygw")


def _server(kind: str) -> Iterator[S3Server]:
    try:
        with running_s3(kind) as server:
            yield server
    except NoProgram as error:
        pytest.skip(f"no S3 server: {error}")


def empty_bucket(server: S3Server) -> StorageSettings:
    """Return settings of an empty bucket."""
    return StorageSettings(
        s3_endpoint=server.endpoint,
        s3_bucket=f"test-{uuid4()}",
        s3_access_key=server.access_key,
        s3_secret_key=server.secret_key,
        s3_secure=False,
        drain_seconds=0,
        grace_seconds=0,
    )


@pytest.fixture
def s3_settings(minio: S3Server) -> StorageSettings:
    """Settings of an empty bucket of MinIO."""
    return empty_bucket(minio)


@pytest.fixture(params=["directory", *KINDS])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StorageSettings:
    """Settings of an empty store."""
    if request.param == "directory":
        return StorageSettings(directory=tmp_path, drain_seconds=0, grace_seconds=0)
    return empty_bucket(request.getfixturevalue(request.param))


@pytest.fixture
def store(settings: StorageSettings) -> ObjectStore:
    """An empty store."""
    return open_store(settings)


@pytest.fixture
async def storage(settings: StorageSettings) -> AsyncIterator["StorageServiceAsyncStub"]:
    """A stub of storage over an empty store."""
    async with running_storage(settings) as stub:
        yield stub
