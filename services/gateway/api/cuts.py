"""What a generation may be cut for again: checks a client's order and makes a job of it."""

from collections.abc import Iterator

from snapasset.gateway.v1 import renditions_pb2 as pb

from services.common.assets import Rendition, master_of
from services.common.errors import FieldMistake, GenerationFull
from services.common.options import CONTAIN, RenditionOptions
from services.gateway.api.bounds import bounds_of, mistakes, value_or_fallback
from services.gateway.api.requests import refuse
from services.gateway.api.targets import (
    IDLE_BACKGROUND,
    Platforms,
    name_mistake,
    opaque,
    refusal,
    rows,
    unknown,
)
from services.jobs.source import Source
from services.jobs.values import CustomSize, JobSpec
from services.jobs.views import options
from services.leaves.records import GenerationRecord

MOST_RENDITIONS = 200
"""Of a generation, those of its own job included."""

_MOST = bounds_of(pb.CreateRenditionsRequest.DESCRIPTOR.fields_by_name["renditions"]).max_items

_SIDES = {"width", "height"}


def cut_spec(
    request: pb.CreateRenditionsRequest, record: GenerationRecord, platforms: Platforms
) -> JobSpec:
    """Return the job that cuts a generation again.

    Raises InvalidRequest naming every mistake, and GenerationFull.
    """
    refuse([*mistakes(request), *_mistakes(request, record, platforms)])
    if len(record.images) + len(request.renditions) > MOST_RENDITIONS:
        raise GenerationFull(
            f"The generation has {len(record.images)} renditions, and may have {MOST_RENDITIONS}. "
            "Delete some of them first."
        )
    ids = [one.platform for one in request.renditions if one.platform]
    named = [one for one in request.renditions if one.name]
    overrides = {one.platform or one.name: _override(one) for one in request.renditions}
    return JobSpec(
        user_id=record.user_id,
        prompt=record.prompt,
        platforms=tuple(ids),
        options=options.from_message(request.options),
        sizes=tuple(CustomSize(name=one.name, width=one.width, height=one.height) for one in named),
        rows=rows(ids, platforms),
        source=Source(
            generation_id=record.generation_id, master=value_or_fallback(request, "master")
        ),
        overrides={one: own for one, own in overrides.items() if own != RenditionOptions()},
    )


def _override(order: pb.RenditionOrder) -> RenditionOptions:
    crop, point = order.crop, order.focal_point
    return RenditionOptions(
        format=order.format,
        crop=(crop.x, crop.y, crop.width, crop.height) if order.HasField("crop") else None,
        focal_point=options.point(point) if order.HasField("focal_point") else None,
        fit=order.fit,
        background=order.background,
    )


def _mistakes(
    request: pb.CreateRenditionsRequest, record: GenerationRecord, platforms: Platforms
) -> Iterator[FieldMistake]:
    orders = request.renditions[:_MOST]
    number = value_or_fallback(request, "master")
    bought = master_of(record.purchases, number)
    if not bought:
        there = ", ".join(str(one.number) for one in record.purchases)
        yield FieldMistake("master", f"must be one that the generation has: {there}")
    if request.options.background and all(_fit(request, one) != CONTAIN for one in orders):
        yield FieldMistake("options.background", IDLE_BACKGROUND)
    asked = {f"renditions[{at}].platform": one.platform for at, one in enumerate(orders)}
    yield from unknown({field: one for field, one in asked.items() if one}, platforms)
    ids = [one.platform or one.name for one in orders]
    for at, one in enumerate(orders):
        found = [*_target_mistakes(one, platforms), *_option_mistakes(request, one, platforms)]
        if bought and one.HasField("crop"):
            found += _crop_mistakes(one, bought.master)
        if ids[at] in ids[:at]:
            found.append(("platform" if one.platform else "name", "appears more than once"))
        yield from (FieldMistake(f"renditions[{at}].{name}", text) for name, text in found)


def _target_mistakes(order: pb.RenditionOrder, platforms: Platforms) -> Iterator[tuple[str, str]]:
    given = {field.name for field, _ in order.ListFields()}
    if order.platform and order.name:
        yield "name", "cannot be given together with platform"
    elif order.platform:
        yield from ((side, "belongs to a name, not to a platform") for side in _SIDES & given)
    elif order.name:
        yield from ((side, "is required with a name") for side in _SIDES - given)
        if wrong := name_mistake(order.name, platforms):
            yield "name", wrong


def _option_mistakes(
    request: pb.CreateRenditionsRequest, order: pb.RenditionOrder, platforms: Platforms
) -> Iterator[tuple[str, str]]:
    if order.HasField("crop") and order.HasField("focal_point"):
        yield "focalPoint", "cannot be given together with crop"
    if order.background and _fit(request, order) != CONTAIN:
        yield "background", IDLE_BACKGROUND
    wanted = order.format or value_or_fallback(request.options, "format")
    background = order.background or request.options.background
    if text := opaque(wanted, background) or refusal(wanted, [order.platform], platforms):
        yield "format", text


def _crop_mistakes(order: pb.RenditionOrder, master: Rendition) -> Iterator[tuple[str, str]]:
    crop = order.crop
    if crop.x + crop.width > master.width or crop.y + crop.height > master.height:
        size = f"{master.width} x {master.height} pixels"
        yield "crop", f"must lie inside the master, which has {size}"


def _fit(request: pb.CreateRenditionsRequest, order: pb.RenditionOrder) -> str:
    return order.fit or str(value_or_fallback(request.options, "fit"))
