"""What a job has done for good, so that the next attempt begins behind it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from services.gateway.jobs.codec import rendition_from_json
from services.gateway.jobs.values import Rendition
from services.gateway.pipeline.ports import Facts, ProviderCall


@dataclass(frozen=True, kw_only=True, slots=True)
class Purchase:
    """The image that was bought and stored."""

    master: Rendition
    model: str
    revised_prompt: str


@dataclass(kw_only=True, slots=True)
class Checkpoint:
    """Grows while the job runs. `images` are the renditions stored so far, by platform."""

    purchase: Purchase | None = None
    images: dict[str, Rendition] = field(default_factory=dict)
    calls: list[ProviderCall] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def stored(
    platform: str, key: str, facts: Facts, crop: tuple[int, int, int, int] | None = None
) -> Rendition:
    """Return the image that is kept under `key`."""
    return Rendition(platform=platform, key=key, crop=crop, **asdict(facts))


def from_json(raw: Mapping[str, Any]) -> Checkpoint:
    """Return the checkpoint that `to_json` wrote; an empty one for `{}`."""
    purchase = raw.get("purchase")
    return Checkpoint(
        purchase=purchase_from_json(purchase) if purchase else None,
        images={k: rendition_from_json(v) for k, v in raw.get("images", {}).items()},
        calls=[ProviderCall(**call) for call in raw.get("calls", ())],
    )


def purchase_to_bytes(purchase: Purchase) -> bytes:
    """Return the purchase as it is kept beside the master."""
    return json.dumps(asdict(purchase)).encode()


def purchase_from_json(raw: Mapping[str, Any]) -> Purchase:
    """Return the purchase that was written by `asdict`."""
    return Purchase(**{**raw, "master": rendition_from_json(raw["master"])})
