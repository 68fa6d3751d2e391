"""Protects the resizer: jobs of one worker wait for it here, without an open call."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, cast

from services.common.gate import Gate
from services.common.targets import Target
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.ports import Resizer


class GatedResizer:
    """A Resizer whose calls pass a gate."""

    def __init__(self, resizer: Resizer, gate: Gate) -> None:
        self._resizer = resizer
        self._gate = gate

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        """See ports.Resizer."""
        async with self._gate.place():
            cuts = self._resizer.resize(master, size_bytes, targets, wishes)
            async with aclosing(cast(Any, cuts)):
                async for cut in cuts:
                    yield cut
