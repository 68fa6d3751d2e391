"""Where a job's images come from if it buys none."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An image that there is already: `master`, counted from 1, of the generation of this id.

    The renditions of the job join that generation.
    """

    generation_id: str = ""
    master: int = 0
