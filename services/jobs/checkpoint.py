"""What a job has finished for good, so that the next attempt starts from there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from services.common.assets import Facts, ProviderCall, Purchase, Rendition
from services.common.charge import Charge
from services.jobs.codec import purchases_from_json, rendition_from_json

_CALL = frozenset(one.name for one in fields(ProviderCall))


@dataclass(kw_only=True, slots=True)
class Checkpoint:
    """Grows while the job runs.

    `purchases` are the masters bought and stored so far, in the order of their numbers; `images`
    are the renditions, by the ids of their targets; `bought_again` are the masters that were bought
    once more because a retry of the job asked for that.
    """

    purchases: list[Purchase] = field(default_factory=list)
    images: dict[str, Rendition] = field(default_factory=dict)
    calls: list[ProviderCall] = field(default_factory=list)
    bought_again: list[int] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def stored(platform: str, key: str, facts: Facts) -> Rendition:
    """Return the image that is kept under `key`."""
    return Rendition(platform=platform, key=key, **asdict(facts))


def from_json(raw: Mapping[str, Any]) -> Checkpoint:
    """Return the checkpoint that `to_json` wrote, in any version so far; empty for `{}`."""
    return Checkpoint(
        purchases=list(purchases_from_json(raw.get("purchases", ()))),
        images={k: rendition_from_json(v) for k, v in raw.get("images", {}).items()},
        calls=[_call(call) for call in raw.get("calls", ())],
        bought_again=list(raw.get("bought_again", ())),
    )


def _call(raw: Mapping[str, Any]) -> ProviderCall:
    """Return a call without the fields that a later version has added."""
    known = {name: raw[name] for name in raw.keys() & _CALL}
    return ProviderCall(**{**known, "charge": Charge(raw.get("charge", Charge.CHARGED))})
