"""Remembers what matters in the masters that were cut last: one is often cut again and again."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

from services.resizer.attention import Attention

_MOST = 64
"""Some 75 kB each."""


class Seen:
    """What was found in the last masters, by their bytes. Threads may share it."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[bytes, Attention] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, master: bytes, look: Callable[[], Attention]) -> Attention:
        """Return what matters in a master, which `look` finds out if it is not known."""
        name = sha256(master).digest()
        with self._lock:
            known = self._known.get(name)
        found = known or look()
        with self._lock:
            self._known[name] = found
            self._known.move_to_end(name)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
