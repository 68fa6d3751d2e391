"""Brings a part of a master to the size of a rendition."""

from cykooz_resizer.resize import Resizer
from cykooz_resizer.structs import CropBox, FilterType, ResizeAlg, ResizeOptions
from PIL import Image

from services.resizer.crop import Box, Size

_REDUCING = ResizeAlg.convolution(FilterType.lanczos3)
_ENLARGING = ResizeAlg.convolution(FilterType.catmull_rom)
"""The same filters as sharp's. Enlarging gains no detail from a wider filter, only ringing."""


def resample(master: Image.Image, box: Box, size: Size) -> Image.Image:
    """Return what `box` shows of the master (RGB or RGBa) in `size`. Takes CPU.

    Uses the processor's vector units, in a sixth of the time that Pillow takes for the same
    filters. It works on Pillow's own memory, so nothing is copied.
    """
    made = Image.new(master.mode, (size.width, size.height))
    options = ResizeOptions(
        resize_alg=_ENLARGING if size.width > box.width else _REDUCING,
        crop_box=CropBox(left=box.x, top=box.y, width=box.width, height=box.height),
    )
    Resizer().resize_pil(master, made, options)  # each holds a lock, so threads must not share one
    return made
