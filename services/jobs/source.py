"""Where a job's images come from if it buys none."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """An image that there is already: an upload, or a master that is cut again.

    A master is `master`, counted from 1, of the generation of this id; the renditions of the job
    join that generation. An upload becomes the only master of a generation of its own.
    """

    generation_id: str = ""
    master: int = 0
    upload_id: str = ""
