"""Sends a file to the API, piece by piece, however large it is."""

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from pathlib import Path

import grpc
from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import uploads_pb2 as upl
from snapasset.gateway.v1.uploads_pb2_grpc import UploadServiceStub

from .connection import Connection, new_request_id
from .errors import SnapAssetError

FileSource = str | Path | bytes | AsyncIterable[bytes]
"""The path of a file, its bytes, or an asynchronous stream of them."""

Progress = Callable[[int, int | None], None]
"""Called with how many bytes are sent, and of how many, if that is known."""

SECONDS = 400.0
"""How long one try may take: longer than the service itself allows."""

_PIECE_BYTES = 256 * 1024

_COULD_NOT_SEND = "Internal error from Core"
_LOOKS, _LOOK_SECONDS = 30, 0.01


async def send_file(
    connection: Connection, source: FileSource, user_id: str, progress: Progress | None
) -> upl.CreateUploadResponse:
    """Send a file and return what the API says of it. Raises SnapAssetError, OSError.

    What can be read again is sent again as Patience allows; a stream is sent once.
    """
    failures = 0
    while True:
        try:
            return await _send(connection, source, user_id, progress)
        except SnapAssetError as error:
            failures += 1
            patience = connection.patience
            pause = patience.pause_before(error, failures, repeatable=True)
            again = isinstance(source, str | Path | bytes) and failures < patience.attempts
            if pause is None or not again:
                raise
        await asyncio.sleep(pause)


async def _send(
    connection: Connection, source: FileSource, user_id: str, progress: Progress | None
) -> upl.CreateUploadResponse:
    request_id = new_request_id()
    call = UploadServiceStub(connection.channel).CreateUpload(
        timeout=SECONDS, metadata=connection.metadata(request_id)
    )
    sent, size = 0, await asyncio.to_thread(_size, source)
    try:
        # The API may have answered before it has read everything.
        with contextlib.suppress(asyncio.InvalidStateError):
            async for piece in _pieces(source):
                body = HttpBody(content_type="application/octet-stream", data=piece)
                await call.write(upl.CreateUploadRequest(body=body, user_id=user_id))
                sent += len(piece)
                if progress:
                    progress(sent, size)
            await call.done_writing()
        return await call
    except grpc.aio.AioRpcError as failure:
        raise connection.failed(await _ending(call, failure), request_id) from failure
    finally:
        call.cancel()


async def _ending(call: grpc.aio.Call, failure: grpc.aio.AioRpcError) -> grpc.aio.AioRpcError:
    """Return how the API ended a call, which a piece that could not be sent any more may hide."""
    for _ in range(_LOOKS):
        if failure.details() != _COULD_NOT_SEND:
            break
        await asyncio.sleep(_LOOK_SECONDS)
        failure = grpc.aio.AioRpcError(
            await call.code(),
            await call.initial_metadata(),
            await call.trailing_metadata(),
            await call.details(),
        )
    return failure


def _size(source: FileSource) -> int | None:
    if isinstance(source, bytes):
        return len(source)
    return Path(source).stat().st_size if isinstance(source, str | Path) else None


async def _pieces(source: FileSource) -> AsyncIterator[bytes]:
    parts = _file(source) if isinstance(source, str | Path) else source
    if isinstance(parts, bytes):
        for piece in _cut(parts):
            yield piece
        return
    async for part in parts:
        for piece in _cut(part):
            yield piece


async def _file(path: str | Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(Path(path).open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece


def _cut(part: bytes) -> Iterator[bytes]:
    return (part[at : at + _PIECE_BYTES] for at in range(0, len(part), _PIECE_BYTES))
