"""QueueService: shows the queue and steers it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

from redis import Redis
from rq.suspension import resume, suspend
from snapasset.gateway.v1 import queue_pb2 as pb
from snapasset.gateway.v1 import queue_pb2_grpc

from services.common.interceptors import Context
from services.gateway.api import requests
from services.gateway.api.bounds import value_or_fallback
from services.jobs.figures import Figures
from services.jobs.moves import Moves
from services.jobs.reader import Reader
from services.jobs.values import Status
from services.jobs.views.job import timestamp


class QueueService(queue_pb2_grpc.QueueServiceServicer):
    """The QueueService of the contract."""

    def __init__(
        self, *, redis: Redis, moves: Moves, reader: Reader, figures: Figures, retention: timedelta
    ) -> None:
        self._redis = redis
        self._moves = moves
        self._reader = reader
        self._figures = figures
        self._retention = retention

    async def GetQueueStats(
        self, request: pb.GetQueueStatsRequest, ctx: Context
    ) -> pb.GetQueueStatsResponse:
        """Count jobs by state."""
        counts = await self._figures.counts()
        return pb.GetQueueStatsResponse(
            **{status.value: number for status, number in counts.items()},
            total=sum(counts.values()) - counts[Status.CANCELLED],
            timestamp=timestamp(datetime.now(UTC)),
            paused=await self._figures.paused(),
        )

    async def CleanQueue(
        self, request: pb.CleanQueueRequest, ctx: Context
    ) -> pb.CleanQueueResponse:
        """Forget jobs that ended some time ago."""
        requests.check(request)
        status = Status(value_or_fallback(request, "status"))
        before = time.time() - value_or_fallback(request, "grace") / 1000
        ids = await self._reader.ended_before(status, before, self._retention.total_seconds())
        forgotten = await asyncio.to_thread(lambda: sum(map(self._moves.forget, ids)))
        return pb.CleanQueueResponse(cleaned=forgotten, status=status)

    async def PauseQueue(
        self, request: pb.PauseQueueRequest, ctx: Context
    ) -> pb.PauseQueueResponse:
        """Stop the workers from taking new jobs."""
        await asyncio.to_thread(suspend, self._redis)
        return pb.PauseQueueResponse(paused=True)

    async def ResumeQueue(
        self, request: pb.ResumeQueueRequest, ctx: Context
    ) -> pb.ResumeQueueResponse:
        """Let the workers take jobs again."""
        await asyncio.to_thread(resume, self._redis)
        return pb.ResumeQueueResponse(paused=False)
