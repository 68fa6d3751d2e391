"""The client: every operation of the public contract, as messages of the contract."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc
from snapasset.gateway.v1 import jobs_pb2 as pb

from .addresses import Origin, origins_of
from .calls.batches import BatchCalls
from .calls.history import HistoryCalls
from .calls.jobs import JobCalls
from .calls.owners import OwnerCalls
from .calls.queue import QueueCalls
from .calls.site import SiteCalls
from .calls.uploads import UploadCalls
from .calls.webhooks import WebhookCalls
from .connection import Connection, TokenSource
from .downloads import read_image, save_image
from .folders import Folder
from .links import Follower
from .patience import Patience


class SnapAsset(
    JobCalls,
    BatchCalls,
    QueueCalls,
    HistoryCalls,
    UploadCalls,
    SiteCalls,
    OwnerCalls,
    WebhookCalls,
):
    """One API and one caller; use it with `async with`.

    Links to a private bucket are followed to https at public addresses, to the API's own origin and
    to `image_origins`. Every method raises SnapAssetError when the API refuses, fails, does not
    answer, or answers what it never should.
    """

    def __init__(
        self,
        address: str,
        *,
        token: TokenSource = None,
        api_key: str | None = None,
        tls: grpc.ChannelCredentials | None = None,
        image_origins: Iterable[str] = (),
        patience: Patience | None = None,
    ) -> None:
        """Raise ValueError for an invalid address."""
        origin, patience = Origin.of(address), patience or Patience()
        super().__init__(Connection(origin, tls, token=token, api_key=api_key, patience=patience))
        self._follower = Follower(
            trusted=origins_of(image_origins) | {origin}, timeout_seconds=patience.timeout_seconds
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connection.channel.close()

    def download(self, image: pb.JobImage) -> AsyncIterator[bytes]:
        """Yield the bytes of an image."""
        return read_image(self._connection, self._follower, image)

    async def save(self, image: pb.JobImage, folder: str | Path | Folder) -> Path:
        """Write an image into `folder`, which is created if missing, and return the file.

        Nothing is overwritten: FileExistsError if another file has the name. Raises OSError.
        """
        if isinstance(folder, Folder):
            return await save_image(self._connection, self._follower, image, folder)
        with Folder.open(Path(folder)) as opened:
            return await save_image(self._connection, self._follower, image, opened)
