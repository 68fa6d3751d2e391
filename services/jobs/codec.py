"""Translates the values of a job to JSON, as Redis holds them, and back."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from services.common import options
from services.common.assets import Advice, Purchase, Rendition
from services.common.options import FocalPoint, RenditionOptions
from services.common.targets import Covered, Target
from services.jobs.source import Source
from services.jobs.values import (
    Change,
    CustomSize,
    Failure,
    JobSpec,
    PartFailure,
    Result,
    SentPicture,
    Status,
    Urgency,
)

_LATER_VERSION = "of-a-later-version"
"""Comes first among the platforms of a job that a worker of an earlier version would misunderstand:
it would buy something else. It does not know this platform, and leaves the job to others."""


def dumps(value: Any) -> str:
    """Return `value` as compact JSON; dataclasses in it become objects."""
    return _JSON.encode(value)


def _shallow(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass; `asdict` would copy everything in them first."""
    return {one.name: getattr(value, one.name) for one in fields(value)}


_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=_shallow)


_CHANGE = tuple(one.name for one in fields(Change))
_RENDITION = frozenset(one.name for one in fields(Rendition))
_PURCHASE = frozenset(one.name for one in fields(Purchase))
_MAY_BE_ABSENT = frozenset(
    {"sizes", "rows", "source", "references", "mask", "overrides", "urgency", "webhook_url"}
)


def spec_to_json(spec: JobSpec) -> dict[str, Any]:
    """Return `spec` as the keyword arguments of the RQ job."""
    raw = {
        "user_id": spec.user_id,
        "prompt": spec.prompt,
        "platforms": [*([_LATER_VERSION] if _is_new(spec) else []), *spec.platforms],
        "options": options.to_texts(spec.options),
        "sizes": [asdict(size) for size in spec.sizes],
        "rows": [asdict(row) for row in spec.rows],
        "source": asdict(spec.source) if spec.source else None,
        "references": [asdict(one) for one in spec.references],
        "mask": asdict(spec.mask) if spec.mask else None,
        "overrides": {one: asdict(own) for one, own in spec.overrides.items()},
        "urgency": spec.urgency if spec.urgency is not Urgency.NORMAL else "",
        "webhook_url": spec.webhook_url,
    }
    # Without them a spec is what the previous version wrote: its workers can read it, and the
    # digest stays the same.
    return {name: value for name, value in raw.items() if value or name not in _MAY_BE_ABSENT}


def _is_new(spec: JobSpec) -> bool:
    """Return whether the first version would not do what a job asks for."""
    options = spec.options
    changed = options.variants > 1 or options.extends or options.is_transparent
    return spec.source is not None or bool(spec.references) or changed


def spec_from_json(raw: dict[str, Any]) -> JobSpec:
    """Return the spec that `spec_to_json` wrote."""
    return JobSpec(
        user_id=raw["user_id"],
        prompt=raw["prompt"],
        platforms=tuple(one for one in raw["platforms"] if one != _LATER_VERSION),
        options=options.from_texts(raw["options"]),
        sizes=tuple(CustomSize(**size) for size in raw.get("sizes", ())),
        rows=tuple(map(_target_from_json, raw.get("rows", ()))),
        source=Source(**raw["source"]) if raw.get("source") else None,
        references=tuple(SentPicture(**one) for one in raw.get("references", ())),
        mask=SentPicture(**raw["mask"]) if raw.get("mask") else None,
        overrides={one: _override(kept) for one, kept in raw.get("overrides", {}).items()},
        urgency=Urgency(raw.get("urgency") or Urgency.NORMAL),
        webhook_url=raw.get("webhook_url", ""),
    )


def _target_from_json(raw: dict[str, Any]) -> Target:
    return Target(**{**raw, "covered": tuple(Covered(**area) for area in raw["covered"])})


def _override(raw: dict[str, Any]) -> RenditionOptions:
    crop, point = raw["crop"], raw["focal_point"]
    return RenditionOptions(
        **{
            **raw,
            "crop": tuple(crop) if crop else None,
            "focal_point": FocalPoint(**point) if point else None,
        }
    )


def rendition_from_json(raw: dict[str, Any]) -> Rendition:
    """Return the rendition that was written by `asdict`, without the fields of a later version."""
    known = {name: raw[name] for name in raw.keys() & _RENDITION}
    crop, advice = raw.get("crop"), raw.get("advice", ())
    return Rendition(
        **{**known, "crop": tuple(crop) if crop else None, "advice": tuple(map(_advice, advice))}
    )


def _advice(raw: dict[str, Any]) -> Advice:
    point = raw.get("focal_point")
    return Advice(**{**raw, "focal_point": tuple(point) if point else None})


def purchase_from_json(raw: dict[str, Any], number: int) -> Purchase:
    """Return the purchase that was written by `asdict`, without the fields of a later version.

    `number` is that of its master, which earlier versions did not write.
    """
    known = {name: raw[name] for name in raw.keys() & _PURCHASE}
    return Purchase(
        **{"number": number, **known, "master": rendition_from_json(raw["master"])},
    )


def purchases_from_json(raw: Iterable[dict[str, Any]]) -> tuple[Purchase, ...]:
    """Return the purchases of a job that were written as a list."""
    return tuple(purchase_from_json(one, place) for place, one in enumerate(raw, 1))


def images_from_json(raw: Iterable[dict[str, Any]]) -> tuple[Rendition, ...]:
    """Return the images that were written as a list."""
    return tuple(map(rendition_from_json, raw))


def result_from_json(raw: dict[str, Any] | None) -> Result | None:
    """Return the result that was written by `asdict`."""
    if raw is None:
        return None
    return Result(
        generation_id=raw["generation_id"],
        purchases=purchases_from_json(raw["purchases"]),
        images=images_from_json(raw["images"]),
        failures=tuple(map(_part_from_json, raw.get("failures", ()))),
    )


def _part_from_json(raw: dict[str, Any]) -> PartFailure:
    return PartFailure(**{**raw, "failure": Failure(**raw["failure"])})


def failure_from_json(raw: dict[str, Any] | None) -> Failure | None:
    """Return the failure that was written by `asdict`."""
    return Failure(**raw) if raw else None


def change_to_json(change: Change) -> str:
    """Return the message that is published for `change`."""
    given = ((name, getattr(change, name)) for name in _CHANGE)
    raw = {name: value for name, value in given if value is not None}
    raw["at"] = change.at.timestamp()
    if change.next_run_at:
        raw["next_run_at"] = change.next_run_at.timestamp()
    return dumps(raw)


def change_from_json(text: str | bytes) -> Change:
    """Return the change that `change_to_json` or `report.lua` wrote."""
    raw = json.loads(text)
    return Change(
        **{
            **raw,
            "status": Status(raw["status"]),
            "at": moment(raw["at"]),
            "next_run_at": moment(raw["next_run_at"]) if raw.get("next_run_at") else None,
            "result": result_from_json(raw.get("result")),
            "failure": failure_from_json(raw.get("failure")),
            "images": images_from_json(raw.get("images", ())),
        }
    )


def moment(seconds: float | str) -> datetime:
    """Return seconds since 1970 as an aware datetime."""
    return datetime.fromtimestamp(float(seconds), UTC)
