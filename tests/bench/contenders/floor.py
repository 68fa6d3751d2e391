"""What no pipeline can go below: each byte decoded, resampled, encoded, hashed and written once."""

import hashlib
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from services.resizer.crop import Size, choose_box
from services.resizer.decode import decode
from services.resizer.encode import ENCODINGS, encode
from services.resizer.resample import resample
from tests.bench.contenders.task import measure, read_task


def main() -> None:
    """Do the task."""
    task = read_task()

    with TemporaryDirectory() as name:
        folder = Path(name)

        def cut(file: Path) -> list[bytes]:
            master = file.read_bytes()
            pixels = decode(BytesIO(master), 40_000_000, False)
            whole = Size(width=pixels.width, height=pixels.height)
            made = []
            for one in task.targets:
                size = Size(width=one.width, height=one.height)
                shown = resample(pixels, choose_box(whole, size), size)
                made.append(encode(shown, ENCODINGS["jpeg"], task.quality))
            for number, data in enumerate([master, *made]):
                hashlib.sha256(data)
                (folder / f"{file.stem}-{number}").write_bytes(data)
            return made

        measure(task, cut)


if __name__ == "__main__":
    main()
