"""What can go wrong with an S3 server, tried on a real one."""

import time
from dataclasses import replace
from typing import Any

import pytest
from minio import Minio, MinioAdmin
from minio.credentials.providers import StaticProvider

from services.common.errors import ObjectNotFound, StorageFull, Unavailable
from services.common.keys import object_key
from services.common.serve import CannotStart
from services.storage.opening import open_store
from services.storage.settings import StorageSettings
from tests.contracts.test_object_store import put, read
from tests.servers.s3 import running_s3

KEY = object_key("ada/1/master.png")


def test_a_missing_bucket_is_made_once(s3_settings: StorageSettings) -> None:
    put(open_store(s3_settings), KEY, b"cat")
    assert read(open_store(s3_settings), KEY) == b"cat"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"s3_secret_key": "wrong-secret"}, "refuses S3_ACCESS_KEY and S3_SECRET_KEY"),
        ({"s3_access_key": "nobody"}, "refuses S3_ACCESS_KEY and S3_SECRET_KEY"),
        ({"s3_bucket": "No Bucket"}, "S3_BUCKET No Bucket is not a valid bucket name"),
        ({"s3_secure": True, "s3_timeout_seconds": 1.0}, "S3_SECURE"),
    ],
)
def test_a_wrong_setting_is_named(
    s3_settings: StorageSettings, wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(CannotStart, match=named):
        open_store(replace(s3_settings, **wrong))


def test_a_large_object_is_one_request_that_can_leave_no_parts(
    s3_settings: StorageSettings,
) -> None:
    put(open_store(s3_settings), KEY, b"x" * (20 * 1024 * 1024))
    client = Minio(
        s3_settings.s3_endpoint,
        s3_settings.s3_access_key,
        s3_settings.s3_secret_key,
        secure=False,
    )
    etag = client.stat_object(s3_settings.s3_bucket, KEY).etag
    assert etag
    assert "-" not in etag  # which counts the parts of other uploads


def test_a_bucket_whose_quota_is_used_up_is_full(s3_settings: StorageSettings) -> None:
    store = open_store(s3_settings)
    admin = MinioAdmin(
        endpoint=s3_settings.s3_endpoint,
        credentials=StaticProvider(s3_settings.s3_access_key, s3_settings.s3_secret_key),
        secure=False,
    )
    admin.bucket_quota_set(s3_settings.s3_bucket, 1024 * 1024)
    with pytest.raises(StorageFull):
        put(store, KEY, b"x" * (2 * 1024 * 1024))
    with pytest.raises(ObjectNotFound):
        store.stat(KEY)


@pytest.mark.usefixtures("minio")
def test_a_server_that_is_gone_is_unavailable_within_its_time() -> None:
    with running_s3() as server:
        settings = StorageSettings(
            s3_endpoint=server.endpoint,
            s3_access_key=server.access_key,
            s3_secret_key=server.secret_key,
            s3_secure=False,
            s3_timeout_seconds=1.0,
        )
        store = open_store(settings)
        put(store, KEY, b"cat")
    began = time.monotonic()
    for act in (
        lambda: store.stat(KEY),
        lambda: store.open(KEY),
        lambda: store.exists(KEY),
        lambda: store.delete([KEY]),
        lambda: store.list_keys("ada/", "", 1),
        lambda: put(store, KEY, b"dog"),
    ):
        with pytest.raises(Unavailable):
            act()
    assert time.monotonic() - began < 6 * 4
    with pytest.raises(CannotStart, match="does not answer"):
        open_store(settings)
