"""The operations on images of the caller's own."""

from collections.abc import AsyncIterator, Sequence

from snapasset.gateway.v1 import uploads_pb2 as upl
from snapasset.gateway.v1.uploads_pb2_grpc import UploadServiceStub

from ..connection import Connection
from ..paging import PAGE_SIZE, entries
from ..uploads import FileSource, Progress, send_file
from .base import Calls


class UploadCalls(Calls):
    """One caller's uploads."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._uploads = UploadServiceStub(connection.channel)

    async def upload(
        self, source: FileSource, *, user_id: str = "", progress: Progress | None = None
    ) -> upl.CreateUploadResponse:
        """Send an image: the path of a file, its bytes, or an asynchronous stream of them.

        `progress` is called with how many bytes are sent and, if that is known, of how many;
        `user_id` as in `jobs`. Raises OSError for a file that cannot be read.
        """
        return await send_file(self._connection, source, user_id, progress)

    def uploads(self, *, user_id: str = "") -> AsyncIterator[upl.Upload]:
        """Yield uploads, newest first, page by page; `user_id` as in `jobs`."""

        async def ask(cursor: str) -> tuple[Sequence[upl.Upload], str]:
            request = upl.ListUploadsRequest(limit=PAGE_SIZE, cursor=cursor, user_id=user_id)
            page = await self._ask(self._uploads.ListUploads, request)
            return page.uploads, page.next_cursor

        return entries(ask)

    async def get_upload(self, upload_id: str, *, user_id: str = "") -> upl.Upload:
        """Return one upload; `user_id` as in `jobs`."""
        request = upl.GetUploadRequest(upload_id=upload_id, user_id=user_id)
        found = await self._ask(self._uploads.GetUpload, request)
        return found.upload

    async def delete_upload(self, upload_id: str, *, user_id: str = "") -> upl.DeleteUploadResponse:
        """Delete an upload; `user_id` as in `jobs`."""
        request = upl.DeleteUploadRequest(upload_id=upload_id, user_id=user_id)
        return await self._ask(self._uploads.DeleteUpload, request, repeatable=False)
