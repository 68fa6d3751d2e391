"""UploadService: translates between the public contract and the uploads."""

import re
from collections.abc import AsyncIterator

from snapasset.gateway.v1 import uploads_pb2 as pb
from snapasset.gateway.v1 import uploads_pb2_grpc

from services.common.errors import InvalidRequest, UploadNotFound
from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.access.metadata import sent
from services.gateway.api import requests
from services.gateway.api.bounds import value_or_fallback
from services.gateway.uploads.arrival import in_time
from services.gateway.uploads.uploads import Uploads
from services.jobs.uploads.register import UploadRegister
from services.jobs.uploads.upload import UPLOAD_ID, Upload
from services.jobs.views.job import timestamp

_LENGTH = re.compile(r"[0-9]{1,18}")


class UploadService(uploads_pb2_grpc.UploadServiceServicer):
    """The UploadService of the contract."""

    def __init__(self, uploads: Uploads, register: UploadRegister) -> None:
        self._uploads = uploads
        self._register = register

    async def CreateUpload(
        self, parts: AsyncIterator[pb.CreateUploadRequest], ctx: Context
    ) -> pb.CreateUploadResponse:
        """Take in a file."""
        if any(coding != "identity" for coding in sent(ctx, "content-encoding")):
            raise InvalidRequest("Send the file as it is, without Content-Encoding.")
        nothing = pb.CreateUploadRequest()
        first = await in_time(anext(parts, nothing), self._uploads.terms)
        owner = caller().on_behalf_of(first.user_id)
        upload = await self._uploads.receive(owner, _bytes(first, parts), _announced_bytes(ctx))
        return pb.CreateUploadResponse(
            upload_id=upload.id,
            width=upload.facts.width,
            height=upload.facts.height,
            size=upload.facts.size_bytes,
            content_type=upload.facts.content_type,
            expires_at=timestamp(upload.expires_at),
        )

    async def ListUploads(
        self, request: pb.ListUploadsRequest, ctx: Context
    ) -> pb.ListUploadsResponse:
        """List the caller's uploads."""
        requests.check(request)
        owner = caller().on_behalf_of(request.user_id)
        if request.cursor and not UPLOAD_ID.fullmatch(request.cursor):
            raise InvalidRequest("cursor must be the nextCursor of an earlier page.")
        page = await self._register.page(owner, value_or_fallback(request, "limit"), request.cursor)
        return pb.ListUploadsResponse(
            uploads=map(_view, page.uploads), count=len(page.uploads), next_cursor=page.next_cursor
        )

    async def GetUpload(self, request: pb.GetUploadRequest, ctx: Context) -> pb.GetUploadResponse:
        """Show one upload."""
        owner = caller().on_behalf_of(request.user_id)
        upload = await self._register.find(owner, request.upload_id)
        if upload is None:
            raise UploadNotFound("There is no such upload. Check its id; it may have expired.")
        return pb.GetUploadResponse(upload=_view(upload))

    async def DeleteUpload(
        self, request: pb.DeleteUploadRequest, ctx: Context
    ) -> pb.DeleteUploadResponse:
        """Delete one upload."""
        owner = caller().on_behalf_of(request.user_id)
        await self._uploads.delete(owner, request.upload_id)
        return pb.DeleteUploadResponse(upload_id=request.upload_id)


def _announced_bytes(ctx: Context) -> int:
    """Return the length of the HTTP body, which Envoy passes on; 0 if it is unknown."""
    told = sent(ctx, "x-body-length")
    return int(told[0]) if len(told) == 1 and _LENGTH.fullmatch(told[0]) else 0


async def _bytes(
    first: pb.CreateUploadRequest, rest: AsyncIterator[pb.CreateUploadRequest]
) -> AsyncIterator[bytes]:
    yield first.body.data
    async for part in rest:
        yield part.body.data


def _view(upload: Upload) -> pb.Upload:
    return pb.Upload(
        upload_id=upload.id,
        width=upload.facts.width,
        height=upload.facts.height,
        size=upload.facts.size_bytes,
        content_type=upload.facts.content_type,
        expires_at=timestamp(upload.expires_at),
        created_at=timestamp(upload.created_at),
    )
