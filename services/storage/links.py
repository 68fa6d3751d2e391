"""Signs links by which clients fetch objects of a private bucket without credentials."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from minio import Minio

from services.common.keys import ObjectKey
from services.storage.keys import mistake, public_key

MAX_KEYS = 1000


class PresignedLinks:
    """Signs by the keys of `client`, which knows the address of the bucket as clients reach it.

    Signing involves no server, so it does not block, and can produce a link to nothing.
    """

    def __init__(self, client: Minio, bucket: str, lifetime: timedelta) -> None:
        self._client = client
        self._bucket = bucket
        self._lifetime = lifetime

    @property
    def valid_seconds(self) -> int:
        """How long a link is valid."""
        return int(self._lifetime.total_seconds())

    def sign_all(self, keys: Iterable[str]) -> list[str]:
        """Return a link for each key. Raises InvalidRequest."""
        checked = [public_key(key, f"keys[{at}]") for at, key in enumerate(keys)]
        if len(checked) > MAX_KEYS:
            raise mistake("keys", f"must be {MAX_KEYS} at most")
        return [self.sign(key) for key in checked]

    def sign(self, key: ObjectKey, now: datetime | None = None) -> str:
        """Return a link that is valid from `now` for `valid_seconds`.

        The S3 server answers it with the object's own type, under the name of its file.
        """
        return self._client.presigned_get_object(
            self._bucket,
            key,
            expires=self._lifetime,
            response_headers={
                "response-content-disposition": f'inline; filename="{key.rpartition("/")[2]}"',
                "response-cache-control": f"private, max-age={self.valid_seconds}, immutable",
            },
            request_date=now,
        )
