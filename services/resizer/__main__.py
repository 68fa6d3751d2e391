"""Starts the resizer: `python -m services.resizer`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from snapasset.resizer.v1.resizer_pb2_grpc import add_ResizerServiceServicer_to_server

from services.common.serve import main, serve
from services.resizer.admission import Admission
from services.resizer.attention import look_at
from services.resizer.faces import FrontalFaces
from services.resizer.order import Limits
from services.resizer.resize import Resizer
from services.resizer.service import ResizerService
from services.resizer.settings import ResizerSettings
from services.resizer.threads import Threads


@contextmanager
def open_service(settings: ResizerSettings) -> Iterator[ResizerService]:
    """Build the service; its threads end with the block."""
    limits = Limits(
        max_bytes=settings.max_bytes, max_pixels=settings.max_pixels, max_side=settings.max_side
    )
    # Two masters a thread: while one is uploaded or read, the other keeps the thread at work.
    admission = Admission(working=2 * settings.concurrency, waiting=settings.queue)
    with Threads(settings.concurrency) as threads:
        looker = partial(look_at, find_faces=FrontalFaces())
        resizer = Resizer(threads, admission, limits, looker=looker)
        yield ResizerService(resizer, settings.deadline_seconds)


async def run(settings: ResizerSettings) -> None:
    """Serve until told to stop."""
    with open_service(settings) as service:
        await serve(settings, settings.port, [(add_ResizerServiceServicer_to_server, service)])


if __name__ == "__main__":
    main("resizer", ResizerSettings, run)
