"""Tries things out before they are needed: the SDK judges them only when it signs."""

from PIL import Image

from services.resizer.crop import Size
from services.resizer.encode import ENCODINGS, encode
from services.resizer.origin import Origin
from services.resizer.signing.pen import Pen
from services.resizer.signing.statement import Cutting, MasterFacts, actions, definition

_SIDE = Size(width=16, height=16)


def try_out(pen: Pen, parent: bytes | None = None) -> None:
    """Sign a small picture, whose parent is itself unless another is given. Raises CannotSign."""
    encoding = ENCODINGS["jpeg"]
    picture = encode(Image.new("RGB", (_SIDE.width, _SIDE.height)), encoding, encoding.least)
    kind = encoding.content_type
    source = MasterFacts(origin=Origin(), content_type=kind, size=_SIDE)
    cutting = Cutting(title="trial", box=_SIDE.whole, scaled=_SIDE, content_type=kind)
    parent = parent or pen.parent(picture, kind)
    pen.sign(picture, kind, definition(cutting), actions(source, cutting), parent)
