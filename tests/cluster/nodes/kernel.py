"""What a kubelet sets in the kernel for a whole machine, and this machine gets back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_KERNEL = Path("/proc/sys")
SETTINGS = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)


@contextmanager
def settings_kept(kernel: Path = _KERNEL) -> Iterator[None]:
    """Put the settings back at the end of the block."""
    before = {kernel / name: (kernel / name).read_text() for name in SETTINGS}
    try:
        yield
    finally:
        for file, text in before.items():
            if file.read_text() != text:
                file.write_text(text)
