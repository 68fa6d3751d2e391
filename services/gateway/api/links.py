"""The addresses at which clients get images: lasting ones, or links that storage signs."""

from collections.abc import Sequence
from typing import Protocol

import grpc
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.channels import call_options
from services.common.errors import from_rpc

_SECONDS = 10.0


class Links(Protocol):
    """Knows where images are."""

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """Return the address of each key. Raises what storage raises."""
        ...


class LastingLinks:
    """Addresses below `base`, which ends without a slash."""

    def __init__(self, base: str) -> None:
        self._base = base

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """See Links."""
        return [f"{self._base}/{key}" for key in keys]


class SignedLinks:
    """Links to a private bucket, made anew each time and good for a while."""

    def __init__(self, storage: grpc.aio.Channel) -> None:
        self._storage = StorageServiceStub(storage)

    async def of(self, keys: Sequence[str]) -> Sequence[str]:
        """See Links."""
        try:
            request = sto.SignLinksRequest(keys=keys)
            answer = await self._storage.SignLinks(request, **call_options(_SECONDS))
        except grpc.aio.AioRpcError as failure:
            raise from_rpc(failure, "storage") from failure
        return answer.urls
