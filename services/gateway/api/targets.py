"""What a job may be cut for: its platforms, its sizes, and a format that all of them accept."""

from collections.abc import Iterable, Iterator, Mapping

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake
from services.common.options import CONTAIN, TRANSPARENT
from services.common.platform_rows import MASTER
from services.common.platforms import PLATFORMS
from services.common.targets import TRANSPARENT_FORMATS, Platform, Target
from services.gateway.api.bounds import bounds_of, value_or_fallback
from services.jobs.values import CustomSize

_MOST = bounds_of(pb.CreateJobRequest.DESCRIPTOR.fields_by_name["platforms"]).max_items
"""Of platforms and sizes together: as many as there may be of either."""

_LONGEST_CHOICE, _MOST_NAMED = 600, 5

IDLE_BACKGROUND = "surrounds a contained picture only: set fit to contain, or leave it out"

Platforms = Mapping[str, Platform]


def target_mistakes(request: pb.CreateJobRequest, platforms: Platforms) -> Iterator[FieldMistake]:
    """Yield what the bounds of the fields cannot say of platforms, sizes and their format."""
    named = {f"platforms[{at}]": one for at, one in enumerate(request.platforms[:_MOST])}
    yield from unknown(named, platforms)
    for at, size in enumerate(request.sizes):
        if wrong := name_mistake(size.name, platforms):
            yield FieldMistake(f"sizes[{at}].name", wrong)
    count = len(request.platforms) + len(request.sizes)
    if count > _MOST >= max(len(request.platforms), len(request.sizes)):
        yield FieldMistake("sizes", f"must be at most {_MOST} together with platforms, got {count}")
    fit, background = value_or_fallback(request.options, "fit"), request.options.background
    if background not in ("", TRANSPARENT) and fit != CONTAIN:
        yield FieldMistake("options.background", IDLE_BACKGROUND)
    wanted = value_or_fallback(request.options, "format")
    if text := opaque(wanted, background) or refusal(wanted, request.platforms[:_MOST], platforms):
        yield FieldMistake("options.format", text)


def sizes(request: pb.CreateJobRequest) -> tuple[CustomSize, ...]:
    """Return the sizes of the client's own."""
    return tuple(
        CustomSize(name=one.name, width=one.width, height=one.height) for one in request.sizes
    )


def rows(ids: Iterable[str], platforms: Platforms) -> tuple[Target, ...]:
    """Return the rows of those platforms that are missing from our own table or differ from it."""
    asked = (platforms[one] for one in ids)
    return tuple(one.target for one in asked if not _is_ours(one))


def _is_ours(platform: Platform) -> bool:
    ours = PLATFORMS.get(platform.id)
    return ours is platform or ours == platform  # the first is by far the quicker and usually true


def opaque(wanted: str, background: str) -> str:
    """Return why a format can't have this background, "" if it can."""
    if background != TRANSPARENT or wanted in TRANSPARENT_FORMATS:
        return ""
    choice = ", ".join(TRANSPARENT_FORMATS)
    return f"cannot be {wanted}, which has no transparency: with this background it is {choice}"


def name_mistake(name: str, platforms: Platforms) -> str:
    """Return what is wrong with the name of a client's own size, "" if nothing is."""
    if name in platforms:
        return "is the id of a platform; take another name"
    if name == MASTER:
        return "is kept for the bought image; take another name"
    return ""


def unknown(named: Mapping[str, str], platforms: Platforms) -> Iterator[FieldMistake]:
    """Yield a mistake for each field that names a platform which there is not."""
    # Said once and briefly: mistakes have to fit into a response's metadata.
    missing = [field for field, one in named.items() if one not in platforms]
    for field in missing[:1]:
        ids = ", ".join(platforms)
        choice = f"there are {ids}" if len(ids) <= _LONGEST_CHOICE else "see /api/platforms"
        yield FieldMistake(field, f"is unknown; {choice}")
    for field in missing[1:]:
        yield FieldMistake(field, "is unknown")


def refusal(wanted: str, ids: Iterable[str], platforms: Platforms) -> str:
    """Return which of these platforms refuse a format and what they take, "" if none does."""
    asked = (platforms[one] for one in ids if one in platforms)
    refusing = [one for one in asked if wanted not in one.formats][:_MOST_NAMED]
    takes = "; ".join(f"{one.id} takes {', '.join(one.formats)}" for one in refusing)
    return f"cannot be {wanted}: {takes}" if takes else ""
