"""Calls of storage as its callers make them."""

from collections.abc import Awaitable, Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

import grpc
import pytest
from snapasset.storage.v1 import storage_pb2 as pb

from services.common.channels import CHUNK_BYTES, call_options
from services.common.errors import AppError
from services.common.rpc_errors import from_rpc

if TYPE_CHECKING:  # known to the stubs alone
    from snapasset.storage.v1.storage_pb2_grpc import StorageServiceAsyncStub

SOON = call_options(30)


def header(key: str, content_type: str = "image/png") -> pb.PutObjectRequest:
    return pb.PutObjectRequest(header=pb.PutObjectHeader(key=key, content_type=content_type))


def chunk(data: bytes) -> pb.PutObjectRequest:
    return pb.PutObjectRequest(chunk=data)


def commit(data: bytes) -> pb.PutObjectRequest:
    digest = sha256(data).hexdigest()
    return pb.PutObjectRequest(commit=pb.PutObjectCommit(size_bytes=len(data), sha256=digest))


def parts(key: str, data: bytes, content_type: str = "image/png") -> Iterator[pb.PutObjectRequest]:
    yield header(key, content_type)
    for at in range(0, len(data), CHUNK_BYTES):
        yield chunk(data[at : at + CHUNK_BYTES])
    yield commit(data)


async def put(
    storage: "StorageServiceAsyncStub", key: str, data: bytes, content_type: str = "image/png"
) -> pb.ObjectInfo:
    return (await storage.PutObject(parts(key, data, content_type), **SOON)).object


async def get(
    storage: "StorageServiceAsyncStub",
    key: str,
    offset: int | None = None,
    length: int | None = None,
) -> tuple[pb.ObjectInfo, list[bytes]]:
    request = pb.GetObjectRequest(key=key, offset=offset, length=length)
    first, *rest = [part async for part in storage.GetObject(request, **SOON)]
    assert first.WhichOneof("part") == "object"
    return first.object, [part.chunk for part in rest]


async def refusal(call: Awaitable[object]) -> AppError:
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        await call
    return from_rpc(failure.value, "storage")
