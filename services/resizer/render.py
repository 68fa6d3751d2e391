"""Cuts one rendition from a decoded master: a list of steps from the master to the file."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256

from PIL import Image

from services.common.errors import FieldMistake, InvalidRequest
from services.resizer.attention import Attention
from services.resizer.crop import CENTRE, Box, Focus, Size, choose_box
from services.resizer.encode import ENCODINGS, encode
from services.resizer.fit import encode_within
from services.resizer.framing import frame, share_shown
from services.resizer.label import put_label
from services.resizer.mount import inner_size, mount
from services.resizer.order import CONTAIN, SMART, RequestedRendition
from services.resizer.origin import Origin, packet
from services.resizer.resample import resample
from services.resizer.signing.seal import Seal
from services.resizer.signing.statement import Cutting


@dataclass(frozen=True, kw_only=True, slots=True)
class Master:
    """What all renditions are cut from: `pixels` as `decode` returns them, and what matters.

    `attention` is as `look_at` returns it. Without a `seal`, renditions are not signed.
    """

    pixels: Image.Image
    attention: Attention
    origin: Origin = field(default_factory=Origin)
    seal: Seal | None = None

    @property
    def size(self) -> Size:
        """Its width and height."""
        return Size(width=self.pixels.width, height=self.pixels.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedFile:
    """A finished file. `sha256` is lower-case hex, `crop` what it shows of the upright master.

    `kept` is the share (0 to 1) of what matters that it shows, `could_keep` what "smart" would.
    `better_focus` is the focal point that would keep as much as "smart", if that is more.
    `signed_by` is empty for an unsigned file.
    """

    target: RequestedRendition
    content_type: str
    data: bytes
    sha256: str
    crop: Box
    kept: float
    could_keep: float
    better_focus: Focus | None
    signed_by: str = ""


@dataclass(kw_only=True, slots=True)
class Sheet:
    """One rendition in progress; each step adds its part. `data` is the finished file.

    `scaled` is the size that `box` has in it; `signed_by` is empty unless it is signed.
    """

    master: Master
    target: RequestedRendition
    smart: Box
    box: Box
    pixels: Image.Image
    scaled: Size
    data: bytes = b""
    signed_by: str = ""

    @property
    def cutting(self) -> Cutting:
        """What was done to the master."""
        target = self.target
        return Cutting(
            title=target.id,
            box=self.box,
            scaled=self.scaled,
            sheet=None if self.scaled == target.size else target.size,
            labelled=bool(target.manner.label),
            content_type=ENCODINGS[target.manner.format].content_type,
        )


Step = Callable[[Sheet], None]


def choose(sheet: Sheet) -> None:
    """Choose the part of the master that is shown."""
    size, manner = sheet.master.size, sheet.target.manner
    if manner.box and manner.fit == CONTAIN:
        sheet.box = _inside(manner.box, size)
    elif manner.box:
        sheet.box = _middle_of(_inside(manner.box, size), sheet.target.size)
    elif manner.fit == CONTAIN:
        sheet.box = size.whole
    elif manner.focus or manner.crop != SMART:
        sheet.box = choose_box(size, sheet.target.size, manner.focus or CENTRE)
    else:
        sheet.box = sheet.smart


def scale(sheet: Sheet) -> None:
    """Bring that part to the size that it has in the rendition."""
    target = sheet.target
    contained = target.manner.fit == CONTAIN
    sheet.scaled = inner_size(sheet.box, target.size) if contained else target.size
    sheet.pixels = resample(sheet.master.pixels, sheet.box, sheet.scaled)


def surround(sheet: Sheet) -> None:
    """Put a picture that does not fill the rendition on a background."""
    target = sheet.target
    if sheet.scaled != target.size:
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


def label(sheet: Sheet) -> None:
    """Put the visible label on it, if one is wanted."""
    if sheet.target.manner.label:
        put_label(sheet.pixels, sheet.target.covered)


def write(sheet: Sheet) -> None:
    """Write the file, so that its platform accepts its length even when it is signed."""
    encoding, seal = ENCODINGS[sheet.target.manner.format], sheet.master.seal
    room = sheet.target.max_bytes
    if seal and room is not None:
        small = encode(Image.new("RGB", (1, 1)), encoding, encoding.least)
        room = max(1, room - seal.added_bytes(small, sheet.cutting))
    sheet.data = encode_within(sheet.pixels, encoding, room, packet(sheet.master.origin))


def sign(sheet: Sheet) -> None:
    """Add the content credentials."""
    seal = sheet.master.seal
    if seal and (signed := seal.sign(sheet.data, sheet.cutting)):
        sheet.data, sheet.signed_by = signed, seal.name


STEPS: tuple[Step, ...] = (choose, scale, surround, flatten, label, write, sign)


def render(master: Master, target: RequestedRendition) -> RenderedFile:
    """Cut `target` from the master. Takes CPU: call it in a thread. Raises InvalidRequest."""
    seen = master.attention
    smart = frame(seen, master.size, target.size, target.covered)
    sheet = Sheet(
        master=master,
        target=target,
        smart=smart,
        box=master.size.whole,
        pixels=master.pixels,
        scaled=target.size,
    )
    for step in STEPS:
        step(sheet)
    kept, could_keep = (share_shown(seen.heat, master.size, box) for box in (sheet.box, smart))
    return RenderedFile(
        target=target,
        content_type=ENCODINGS[target.manner.format].content_type,
        data=sheet.data,
        sha256=sha256(sheet.data).hexdigest(),
        crop=sheet.box,
        kept=kept,
        could_keep=could_keep,
        better_focus=smart.centre_in(master.size) if could_keep > kept else None,
        signed_by=sheet.signed_by,
    )


def _middle_of(box: Box, shape: Size) -> Box:
    """Return the largest part of this shape in the middle of a box."""
    part = choose_box(Size(width=box.width, height=box.height), shape)
    return replace(part, x=box.x + part.x, y=box.y + part.y)


def _inside(box: Box, size: Size) -> Box:
    if box.edges[2] <= size.width and box.edges[3] <= size.height:
        return box
    words = f"must lie inside the master, which has {size.width} x {size.height} pixels"
    raise InvalidRequest(f"The box {words}.", fields=[FieldMistake("box", words)])
