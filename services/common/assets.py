"""Images that exist: the facts about one, where it is kept, and the purchase it came from."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.common.charge import Charge


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an image before its bytes. `sha256` is lower-case hex."""

    content_type: str
    width: int
    height: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderCall:
    """One call to an image API. `outcome` is "ok" or the code of its failure.

    `cost_micros` is what it cost, or may have cost, at the provider's prices, in millionths of a
    US dollar.
    """

    request_id: str
    model: str
    outcome: str
    input_tokens: int
    output_tokens: int
    stand_in: bool
    cost_micros: int = 0
    provider: str = ""
    charge: Charge = Charge.CHARGED


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """What would keep more of a picture than a rendition does.

    `kind` is "perAspect", "contain" or "focalPoint", the last with the point as shares of the
    master's width and height. `kept` is how much it would keep, 0 to 1; None if nobody can know.
    """

    kind: str
    kept: float | None = None
    focal_point: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendition:
    """One stored image. `platform` is its id, "master" for an image as it was bought."""

    platform: str
    key: str
    content_type: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    crop: tuple[int, int, int, int] | None = None
    """x, y, width and height of the part of the master that it shows, in pixels."""
    master: int = 0
    """Which of the job's masters it was cut from, counted from 1; 0 for a master."""
    kept: float | None = None
    """How much of what matters in the master it shows, 0 to 1; None if unknown."""
    advice: tuple[Advice, ...] = ()
    """What would keep more, if that is worth saying."""
    signed_by: str = ""
    """Who signed its content credentials; empty if it is not signed."""


MODEL, COMPOSITE, UPLOAD = "model", "composite", "upload"
"""Where a master comes from: a model, a model that was given a picture of somebody's, or somebody
alone. Content credentials say so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """An image that was bought and stored.

    `number` says which of its generation's masters it is, counted from 1. There may be gaps: a job
    may end without one of its masters. `origin` is MODEL, COMPOSITE or UPLOAD. `provider` runs the
    model; it is empty for an upload, and in what an earlier version wrote.
    """

    master: Rendition
    model: str
    revised_prompt: str
    number: int = 1
    origin: str = MODEL
    provider: str = ""


def master_of(purchases: Iterable[Purchase], number: int) -> Purchase | None:
    """Return the one that is master `number`, None if it was not bought."""
    return next((one for one in purchases if one.number == number), None)
