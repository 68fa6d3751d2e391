"""The operations on the queue."""

from snapasset.gateway.v1 import queue_pb2 as que
from snapasset.gateway.v1.queue_pb2_grpc import QueueServiceStub

from ..connection import Connection
from .base import Calls


class QueueCalls(Calls):
    """The jobs of all owners together."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._queue = QueueServiceStub(connection.channel)

    async def queue_stats(self) -> que.GetQueueStatsResponse:
        """Return how many jobs there are in each state."""
        return await self._ask(self._queue.GetQueueStats, que.GetQueueStatsRequest())

    async def clean_queue(
        self, *, grace: int | None = None, status: str | None = None
    ) -> que.CleanQueueResponse:
        """Forget jobs that ended more than `grace` milliseconds ago; for administrators."""
        request = que.CleanQueueRequest(grace=grace, status=status or "")
        return await self._ask(self._queue.CleanQueue, request)

    async def pause_queue(self) -> que.PauseQueueResponse:
        """Keep the workers from taking new jobs; for administrators."""
        return await self._ask(self._queue.PauseQueue, que.PauseQueueRequest())

    async def resume_queue(self) -> que.ResumeQueueResponse:
        """Let the workers take jobs again; for administrators."""
        return await self._ask(self._queue.ResumeQueue, que.ResumeQueueRequest())
