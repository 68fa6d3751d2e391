"""Cuts one rendition from a decoded master: a list of steps from the master to the file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from PIL import Image

from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.crop import CENTRE, Box, Focus, Size, choose_box
from services.resizer.encode import ENCODINGS
from services.resizer.fit import encode_within
from services.resizer.framing import frame, share_shown
from services.resizer.mount import inner_size, mount
from services.resizer.order import CONTAIN, SMART, RequestedRendition
from services.resizer.origin import origin
from services.resizer.resample import resample
from services.resizer.saliency import Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Master:
    """What all renditions are cut from: `pixels` as `decode` returns them, and what matters.

    `heat` is a map as `look_at` returns it; `model` painted the master, "" if unknown.
    """

    pixels: Image.Image
    heat: Floats
    model: str = ""

    @property
    def size(self) -> Size:
        """Its width and height."""
        return Size(width=self.pixels.width, height=self.pixels.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedFile:
    """A finished file. `sha256` is lower-case hex, `crop` what it shows of the upright master.

    `kept` is the share (0 to 1) of what matters that it shows, `could_keep` what "smart" would.
    `better_focus` is the focal point that would keep as much as "smart", if that is more.
    """

    target: RequestedRendition
    content_type: str
    data: bytes
    sha256: str
    crop: Box
    kept: float
    could_keep: float
    better_focus: Focus | None


@dataclass(kw_only=True, slots=True)
class Sheet:
    """One rendition in progress; each step adds its part. `data` is the finished file."""

    master: Master
    target: RequestedRendition
    smart: Box
    box: Box
    pixels: Image.Image
    data: bytes = b""


Step = Callable[[Sheet], None]


def choose(sheet: Sheet) -> None:
    """Choose the part of the master that is shown."""
    size, manner = sheet.master.size, sheet.target.manner
    if manner.box:
        sheet.box = _inside(manner.box, size)
    elif manner.fit == CONTAIN:
        sheet.box = size.whole
    elif manner.focus or manner.crop != SMART:
        sheet.box = choose_box(size, sheet.target.size, manner.focus or CENTRE)
    else:
        sheet.box = sheet.smart


def scale(sheet: Sheet) -> None:
    """Bring that part to the size that it has in the rendition."""
    target = sheet.target
    size = inner_size(sheet.box, target.size) if target.manner.fit == CONTAIN else target.size
    sheet.pixels = resample(sheet.master.pixels, sheet.box, size)


def surround(sheet: Sheet) -> None:
    """Put a picture that does not fill the rendition on a background."""
    target = sheet.target
    if (sheet.pixels.width, sheet.pixels.height) != (target.size.width, target.size.height):
        middle = choose_box(sheet.master.size, target.size)
        behind = partial(resample, sheet.master.pixels, middle)
        sheet.pixels = mount(sheet.pixels, target.size, target.manner.background, behind)


def flatten(sheet: Sheet) -> None:
    """Give the pixels the mode that the file's format takes."""
    if sheet.pixels.mode == "RGBa":
        sheet.pixels = sheet.pixels.convert("RGBA")
    if sheet.pixels.mode == "RGBA" and not ENCODINGS[sheet.target.manner.format].keeps_alpha:
        white = Image.new("RGB", sheet.pixels.size, "white")
        white.paste(sheet.pixels, mask=sheet.pixels)
        sheet.pixels = white


def write(sheet: Sheet) -> None:
    """Write the file, within the length that its platform accepts."""
    encoding = ENCODINGS[sheet.target.manner.format]
    told = origin(sheet.master.model)
    sheet.data = encode_within(sheet.pixels, encoding, sheet.target.max_bytes, told)


STEPS: tuple[Step, ...] = (choose, scale, surround, flatten, write)


def render(master: Master, target: RequestedRendition) -> RenderedFile:
    """Cut `target` from the master. Takes CPU: call it in a thread. Raises InvalidRequest."""
    smart = frame(master.heat, master.size, target.size, target.covered)
    sheet = Sheet(
        master=master, target=target, smart=smart, box=master.size.whole, pixels=master.pixels
    )
    for step in STEPS:
        step(sheet)
    kept, could_keep = (share_shown(master.heat, master.size, box) for box in (sheet.box, smart))
    return RenderedFile(
        target=target,
        content_type=ENCODINGS[target.manner.format].content_type,
        data=sheet.data,
        sha256=sha256(sheet.data).hexdigest(),
        crop=sheet.box,
        kept=kept,
        could_keep=could_keep,
        better_focus=smart.centre_in(master.size) if could_keep > kept else None,
    )


def _inside(box: Box, size: Size) -> Box:
    if box.edges[2] <= size.width and box.edges[3] <= size.height:
        return box
    words = f"must lie inside the master, which has {size.width} x {size.height} pixels"
    raise InvalidRequest(f"The box {words}.", fields=[FieldMistake("box", words)])
