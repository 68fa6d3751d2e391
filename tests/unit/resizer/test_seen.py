"""A master that is cut again is not looked at again."""

import numpy as np

from services.resizer.attention import Attention
from services.resizer.seen import Seen


class Eye:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Attention:
        self.times += 1
        return Attention(heat=np.full((1, 1), self.times, dtype=float))


def test_a_master_is_looked_at_once() -> None:
    seen, eye = Seen(), Eye()
    first = seen.look(b"a master", eye)
    assert seen.look(b"a master", eye) is first
    assert seen.look(b"another one", eye) is not first
    assert eye.times == 2


def test_only_the_last_ones_are_remembered() -> None:
    seen, eye = Seen(most=2), Eye()
    for master in (b"a", b"b", b"a", b"c", b"a", b"b"):
        seen.look(master, eye)
    assert eye.times == 4
