"""The resizer's own code, without gRPC, in one thread."""

from io import BytesIO
from pathlib import Path

from services.resizer.attention import look_at
from services.resizer.crop import Size
from services.resizer.decode import decode
from services.resizer.detectors import open_faces
from services.resizer.order import CENTER, SMART, Manner, RequestedRendition, ResizeOrder
from services.resizer.render import Master, render
from tests.bench.contenders.task import measure, read_task


def main() -> None:
    """Do the task."""
    task, find_faces = read_task(), open_faces()
    order = ResizeOrder(
        size_bytes=1,
        targets=tuple(
            RequestedRendition(
                id=one.id,
                size=Size(width=one.width, height=one.height),
                manner=Manner(crop=SMART if task.smart else CENTER),
            )
            for one in task.targets
        ),
    )

    def cut(file: Path) -> list[bytes]:
        pixels = decode(BytesIO(file.read_bytes()), 40_000_000, False)
        master = Master(pixels=pixels, attention=look_at(pixels, find_faces))
        return [render(master, target).data for target in order.targets]

    measure(task, cut)


if __name__ == "__main__":
    main()
