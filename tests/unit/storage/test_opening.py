"""Opening a store with settings that are wrong."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from services.common.serve import CannotStart
from services.common.settings import SettingsError, load
from services.storage.opening import open_links, open_store
from services.storage.settings import StorageSettings


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    open_store(StorageSettings(directory=tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wrong = tmp_path / "file" / "store"
    with pytest.raises(CannotStart, match=f"STORAGE_DIRECTORY {re.escape(str(wrong))} cannot be"):
        open_store(StorageSettings(directory=wrong))


def test_missing_keys_of_an_s3_server_are_all_named() -> None:
    settings = StorageSettings(s3_endpoint="localhost:1")
    with pytest.raises(CannotStart, match="S3_ACCESS_KEY and S3_SECRET_KEY must be set"):
        open_store(settings)
    with pytest.raises(CannotStart, match="so S3_SECRET_KEY must be set"):
        open_store(replace(settings, s3_access_key="key"))


def test_an_address_of_links_has_no_path() -> None:
    settings = StorageSettings(image_links="presigned", s3_public_url="https://s3.example/files")
    with pytest.raises(CannotStart, match=r"S3_PUBLIC_URL .* must be scheme"):
        open_links(settings)


@pytest.mark.parametrize(
    ("env", "value", "complaint"),
    [
        ("S3_ENDPOINT", "http://s3:9000", "S3_ENDPOINT must be host or host:port, without http://"),
        ("STORAGE_PORT", "70000", "STORAGE_PORT must be a port"),
        ("STORAGE_THREADS", "0", "STORAGE_THREADS must be positive"),
        ("IMAGE_LINKS", "presigned", "presigned only where S3_ENDPOINT and S3_PUBLIC_URL is set"),
        ("IMAGE_LINK_SECONDS", "604801", "IMAGE_LINK_SECONDS must be 1 to 604800"),
        ("S3_PUBLIC_URL", "s3.example", "S3_PUBLIC_URL must begin with http"),
    ],
)
def test_a_wrong_setting_is_named(env: str, value: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load(StorageSettings, {env: value})
