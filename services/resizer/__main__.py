"""Starts the resizer: `python -m services.resizer`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from snapasset.resizer.v1.resizer_pb2_grpc import add_ResizerServiceServicer_to_server

from services.common.gate import Gate
from services.common.metrics import RENDITIONS, counter
from services.common.serve import main, serve
from services.common.telemetry import Telemetry
from services.resizer.attention import look_at
from services.resizer.detectors import open_faces
from services.resizer.inspection import Inspector
from services.resizer.order import OrderLimits
from services.resizer.resize import Cutter, unsealed
from services.resizer.service import ResizerService
from services.resizer.settings import ResizerSettings
from services.resizer.signing.notary import open_notary
from services.resizer.threads import RenderThreads


@contextmanager
def open_service(
    settings: ResizerSettings, telemetry: Telemetry | None = None
) -> Iterator[ResizerService]:
    """Build the service; its threads end with the block. Raises CannotStart."""
    limits = OrderLimits(
        max_bytes=settings.max_bytes, max_pixels=settings.max_pixels, max_side=settings.max_side
    )
    # Two masters a thread: while one is uploaded or read, the other keeps the thread at work.
    gate = Gate(
        places=2 * settings.concurrency,
        queue=settings.queue,
        full="The resizer has as much work as it can hold.",
        retry_after_seconds=1,
    )
    with (
        open_notary(settings, settings.concurrency) as notary,
        RenderThreads(settings.concurrency) as threads,
    ):
        looker = partial(look_at, find_faces=open_faces())
        sealer = notary.open if notary else unsealed
        resizer = Cutter(threads, gate, limits, looker=looker, sealer=sealer)
        inspector = Inspector(threads, gate, limits)
        cut = counter(RENDITIONS, (telemetry or Telemetry()).registry)

        def finished(file_format: str, signed: bool) -> None:
            cut.labels(file_format, "yes" if signed else "no").inc()

        yield ResizerService(resizer, inspector, settings.deadline_seconds, finished)


async def run(settings: ResizerSettings, telemetry: Telemetry) -> None:
    """Serve until told to stop."""
    with open_service(settings, telemetry) as service:
        added = [(add_ResizerServiceServicer_to_server, service)]
        await serve(settings, settings.port, added, telemetry=telemetry)


if __name__ == "__main__":
    main("resizer", ResizerSettings, run)
