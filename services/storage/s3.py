"""Keeps objects in a bucket on an S3 server."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from tempfile import TemporaryFile

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from urllib3.response import BaseHTTPResponse

from services.common.errors import ObjectNotFound, Unavailable
from services.common.keys import ObjectKey
from services.storage.disk import disk_errors
from services.storage.facts import ObjectFacts
from services.storage.reading import Reading, damaged
from services.storage.s3_errors import logger, s3_errors

# The character after the slash: every key in a folder sorts before the folder's name plus this.
_BEHIND_SLASH = "0"

# Limits of S3 itself.
_SMALLEST_PART_BYTES = 5 * 1024 * 1024
_MOST_KEYS = 1000
_PAGE_SIZE = "max-keys"

# MinIO and Versity's gateway answer so, too, while another call empties the folder.
_REFUSALS, _TRIES = ("AccessDenied", "ExistingObjectIsDirectory"), 4


class S3ObjectStore:
    """The ObjectStore of many machines. `client` must have timeouts and bounded retries.

    The bucket must not keep old versions, or what is deleted lives on in them.
    """

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def receive(self) -> "S3Incoming":
        """Begin an upload."""
        with disk_errors():
            return S3Incoming(self._client, self._bucket)

    def check_room(self, size_bytes: int) -> None:
        """Do nothing: only an upload shows that a server is full."""

    def stat(self, key: ObjectKey) -> ObjectFacts:
        """Return the facts of an object."""
        with s3_errors():
            found = self._client.stat_object(self._bucket, key)
        return _facts(key, found.metadata or {}, found.size or 0)

    def exists(self, key: ObjectKey) -> bool:
        """Return whether there is an object."""
        try:
            with s3_errors():
                self._client.stat_object(self._bucket, key)
        except ObjectNotFound:
            return False
        return True

    def open(self, key: ObjectKey, offset: int = 0, length: int | None = None) -> Reading:
        """Open a range with one request, so that facts and bytes belong to one version."""
        with s3_errors(), ExitStack() as stack:
            response = self._get(key, offset, length)
            stack.callback(response.close)
            facts = _facts(key, response.headers, _whole_size(response))
            reading = Reading(facts, _Body(response), offset, length)
            stack.pop_all()
            return reading

    def delete(self, keys: Sequence[ObjectKey]) -> None:
        """Delete objects, up to 1,000 with one request."""
        with s3_errors():
            names = [DeleteObject(key) for key in keys]
            answers = self._client.remove_objects(self._bucket, names)
            # Some servers report an error when another process was faster.
            failures = [answer for answer in answers if answer.code != "NoSuchKey"]
        if failures:
            logger.error(
                "The S3 server did not delete all objects; the first failure: %s", failures[0]
            )
            raise Unavailable("Some objects could not be deleted; please try again.")

    def list_keys(self, folder: str, after: str, limit: int) -> list[ObjectKey]:
        """Return keys; the server begins after `after`."""
        with s3_errors():
            found = self._client.list_objects(
                self._bucket,
                folder,
                recursive=True,
                start_after=after or None,
                extra_query_params=_PageOf(limit),
            )
            return [ObjectKey(entry.object_name or "") for entry in islice(found, limit)]

    def list_folders(self, folder: str, after: str, limit: int) -> list[str]:
        """Return names that the server has found, not one for each object in them."""
        with s3_errors():
            found = self._client.list_objects(
                self._bucket,
                folder,
                start_after=f"{folder}{after}{_BEHIND_SLASH}" if after else None,
                extra_query_params=_PageOf(limit),
            )
            names = (entry.object_name or "" for entry in found if entry.is_dir)
            return [name[len(folder) : -1] for name in islice(names, limit)]

    def _get(self, key: ObjectKey, offset: int, length: int | None) -> BaseHTTPResponse:
        try:
            return self._client.get_object(self._bucket, key, offset, length or 0)
        except S3Error as error:
            # S3 has no ranges of an empty object, not even from its beginning.
            if error.code != "InvalidRange" or offset:
                raise
            return self._client.get_object(self._bucket, key)


class _PageOf(dict[str, str | list[str] | tuple[str]]):
    """Parameters of a listing whose pages have at most `keys` keys, whatever is set later.

    The SDK's listing takes parameters of the caller, and then sets the size of a page to 1,000. For
    the 21 keys that we need, that takes MinIO thirty times as long. An SDK that copies these
    parameters would make listings slow again, and nothing worse.
    """

    def __init__(self, keys: int) -> None:
        super().__init__({_PAGE_SIZE: str(min(keys, _MOST_KEYS))})

    def __setitem__(self, name: str, value: str | list[str] | tuple[str]) -> None:
        if name != _PAGE_SIZE:
            super().__setitem__(name, value)


class S3Incoming:
    """Bytes in a nameless file, which vanishes with this process, until they are sent."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._file = TemporaryFile()  # noqa: SIM115 - close() closes it

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with disk_errors():
            self._file.write(data)

    def publish(self, facts: ObjectFacts) -> None:
        """Send all bytes at once.

        A single part takes the object's size in memory, but the parts of a larger upload would
        stay in the bucket, unseen and paid for, if this process died between them.
        """
        with disk_errors(), s3_errors():
            for left in reversed(range(_TRIES)):
                try:
                    self._send(facts)
                except S3Error as error:
                    if error.code not in _REFUSALS or not left:
                        raise
                else:
                    break

    def _send(self, facts: ObjectFacts) -> None:
        self._file.seek(0)
        self._client.put_object(
            self._bucket,
            facts.key,
            self._file,
            facts.size_bytes,
            content_type=facts.content_type,
            metadata={
                "sha256": facts.sha256,
                "stored-at": facts.stored_at.isoformat(timespec="milliseconds"),
            },
            part_size=max(facts.size_bytes, _SMALLEST_PART_BYTES),
        )

    def close(self) -> None:
        """Discard the bytes."""
        self._file.close()


class _Body:
    """The Source of a Reading: the body of an answer, on a connection of its own."""

    def __init__(self, response: BaseHTTPResponse) -> None:
        self._response = response

    def read(self, size: int, /) -> bytes:
        with s3_errors():
            return self._response.read(size)

    def close(self) -> None:
        # Gives the connection back when the body was read to its end, else ends it.
        self._response.close()


def _whole_size(response: BaseHTTPResponse) -> int:
    answered_range = response.headers.get("content-range")
    if answered_range:
        return int(answered_range.rpartition("/")[2])
    return int(response.headers["content-length"])


def _facts(key: ObjectKey, headers: Mapping[str, str], size_bytes: int) -> ObjectFacts:
    try:
        return ObjectFacts(
            key=key,
            content_type=headers["content-type"],
            size_bytes=size_bytes,
            sha256=headers["x-amz-meta-sha256"],
            stored_at=datetime.fromisoformat(headers["x-amz-meta-stored-at"]).astimezone(UTC),
        )
    except (KeyError, ValueError) as error:
        raise damaged(key, f"{error} is not as storage writes it") from error
