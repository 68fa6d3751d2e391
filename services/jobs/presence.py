"""This process in RQ's list of workers: `rq info` and the API's /health read it."""

import os
import secrets
import socket

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from services.jobs import keys

PRESENCE_SECONDS = 1.0
"""How often a worker reports that it is alive."""

SILENT_SECONDS = 4.0
"""A worker that has been silent for this long counts as dead in /health."""

_FORGOTTEN_AFTER_SECONDS = 60


class Presence:
    """Registers the worker with RQ and keeps it registered. Sync, for use in threads."""

    def __init__(self, redis: Redis) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        self._redis = redis
        self._worker: BaseWorker | None = None

    def beat(self) -> None:
        """Report the worker as alive; registers it the first time, and again if Redis forgot it."""
        if self._worker is None or not self._redis.exists(self._worker.key):
            queue = Queue(keys.QUEUE, connection=self._redis, serializer=JSONSerializer)
            self._worker = BaseWorker(
                [queue], name=self.name, connection=self._redis, serializer=JSONSerializer
            )
            self._worker.register_birth()  # type: ignore[no-untyped-call]
        self._worker.heartbeat(_FORGOTTEN_AFTER_SECONDS)

    def end(self) -> None:
        """Take the worker off the list."""
        if self._worker:
            self._worker.register_death()  # type: ignore[no-untyped-call]
