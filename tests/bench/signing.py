"""What content credentials cost a rendition: `python -m tests.bench.signing`."""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median

from PIL import Image

from deploy.local.certificate import kept_certificate
from deploy.local.standin.painter.painting import paint
from services.resizer.attention import look_at
from services.resizer.crop import Size
from services.resizer.encode import ENCODINGS
from services.resizer.order import Manner, RequestedRendition
from services.resizer.origin import Origin
from services.resizer.render import Master, render
from services.resizer.settings import ResizerSettings
from services.resizer.signing.notary import Notary, open_notary
from services.resizer.signing.seal import Seal
from services.resizer.signing.statement import Cutting, MasterFacts

_ROUNDS = 31
_SIZE, _TARGET = Size(width=1536, height=1024), Size(width=1080, height=1080)
_PNG = "image/png"
_SOURCE = MasterFacts(origin=Origin(model="gpt-image-2.5-flare"), content_type=_PNG, size=_SIZE)
_HEAD = (
    "| format | kB | bytes added | with the master's manifest | ms of CPU | with it |\n"
    "|---|---|---|---|---|---|\n"
)


def main() -> None:
    """Print a row for each format, and what opening a seal takes."""
    with tempfile.TemporaryDirectory() as name:
        chain, key = kept_certificate(Path(name))
        settings = ResizerSettings(certificate_file=chain, key_file=key)
        with open_notary(settings, 1) as notary:
            if notary:
                sys.stdout.write(_report(notary))


def _report(notary: Notary) -> str:
    pixels = paint("A lighthouse in a storm", _SIZE.width, _SIZE.height)
    plain = _saved(pixels)
    signed = _opened(notary, plain).sign(plain, _cutting(_PNG, _SIZE)) or b""
    masters = plain, signed
    rows = [_row(notary, pixels, masters, name) for name in ENCODINGS]
    opening = [f"{_cpu_ms(lambda one=one: _opened(notary, one)):.1f} ms" for one in masters]  # type: ignore[misc]
    return _HEAD + "".join(rows) + f"\nOnce a master: {' or '.join(opening)}.\n"


def _row(notary: Notary, pixels: Image.Image, masters: Sequence[bytes], name: str) -> str:
    wanted = RequestedRendition(id="instagram-post", size=_TARGET, manner=Manner(format=name))
    file = render(Master(pixels=pixels, attention=look_at(pixels)), wanted).data
    cutting = _cutting(f"image/{name}", _TARGET)
    seals = [_opened(notary, one) for one in masters]
    added = [f"{len(seal.sign(file, cutting) or b'') - len(file):,}" for seal in seals]
    costs = [f"{_cpu_ms(lambda seal=seal: seal.sign(file, cutting)):.1f}" for seal in seals]  # type: ignore[misc]
    return f"| {name} | {len(file) / 1000:.0f} | {' | '.join([*added, *costs])} |\n"


def _opened(notary: Notary, master: bytes) -> Seal:
    seal = notary.open(master, _SOURCE)
    if seal is None:
        raise SystemExit("The picture cannot be signed.")
    return seal


def _cutting(content_type: str, scaled: Size) -> Cutting:
    return Cutting(
        title="instagram-post", box=_SIZE.whole, scaled=scaled, content_type=content_type
    )


def _cpu_ms(work: Callable[[], object]) -> float:
    """Return the median CPU time of a call in this thread, in ms."""
    taken = []
    for _ in range(_ROUNDS):
        began = time.thread_time()
        work()
        taken.append(1000 * (time.thread_time() - began))
    return median(taken)


def _saved(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
