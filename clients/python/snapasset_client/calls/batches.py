"""The operations on batches of jobs."""

import uuid
from collections.abc import AsyncIterator, Sequence

from snapasset.gateway.v1 import batches_pb2 as bat
from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.batches_pb2_grpc import BatchServiceStub

from ..connection import Connection
from ..headers import header
from ..watching import watch_batch
from .base import Calls


class BatchCalls(Calls):
    """One caller's batches."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._batches = BatchServiceStub(connection.channel)

    async def create_batch(
        self, orders: Sequence[pb.CreateJobRequest], *, idempotency_key: str | None = None
    ) -> bat.CreateBatchResponse:
        """Create up to 100 jobs of one user, each accepted or refused on its own. With the same key
        and the same orders a repeat creates what was refused before, and no job twice."""
        key = header("idempotency-key", idempotency_key or uuid.uuid4().hex, "idempotency key")
        request = bat.CreateBatchRequest(jobs=orders)
        return await self._ask(self._batches.CreateBatch, request, also=(key,))

    async def get_batch(
        self, batch_id: str, *, limit: int | None = None, cursor: str = ""
    ) -> bat.GetBatchResponse:
        """Return how far a batch is, and a page of its jobs: all 100, unless `limit` says fewer."""
        request = bat.GetBatchRequest(batch_id=batch_id, limit=limit, cursor=cursor)
        return await self._ask(self._batches.GetBatch, request)

    def watch_batch(self, batch_id: str) -> AsyncIterator[bat.WatchBatchResponse]:
        """Yield every event of a batch until `done`, over as many connections as it takes."""
        return watch_batch(self._connection, batch_id)

    async def cancel_batch(self, batch_id: str) -> bat.CancelBatchResponse:
        """Cancel the jobs of a batch that have not ended."""
        request = bat.CancelBatchRequest(batch_id=batch_id)
        return await self._ask(self._batches.CancelBatch, request)
