"""What a job may be cut for: its platforms, its sizes, and a format that all of them accept."""

from collections.abc import Iterator, Mapping

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake
from services.common.platform_rows import MASTER
from services.common.platforms import PLATFORMS
from services.common.targets import Platform, Target
from services.gateway.api.bounds import bounds_of, value_or_fallback
from services.jobs.values import CustomSize

_MOST = bounds_of(pb.CreateJobRequest.DESCRIPTOR.fields_by_name["platforms"]).max_items
"""Of platforms and sizes together: as many as there may be of either."""

_LONGEST_CHOICE, _MOST_NAMED = 600, 5

Platforms = Mapping[str, Platform]


def target_mistakes(request: pb.CreateJobRequest, platforms: Platforms) -> Iterator[FieldMistake]:
    """Yield what the bounds of the fields cannot say of platforms, sizes and their format."""
    yield from _unknown(request, platforms)
    for at, size in enumerate(request.sizes):
        if size.name in platforms:
            yield FieldMistake(f"sizes[{at}].name", "is the id of a platform; take another name")
        elif size.name == MASTER:
            words = "stands for the image that is bought; take another name"
            yield FieldMistake(f"sizes[{at}].name", words)
    count = len(request.platforms) + len(request.sizes)
    if count > _MOST >= max(len(request.platforms), len(request.sizes)):
        yield FieldMistake("sizes", f"must be at most {_MOST} together with platforms, got {count}")
    yield from _refused(request, platforms)


def sizes(request: pb.CreateJobRequest) -> tuple[CustomSize, ...]:
    """Return the sizes of the client's own."""
    return tuple(
        CustomSize(name=one.name, width=one.width, height=one.height) for one in request.sizes
    )


def rows(request: pb.CreateJobRequest, platforms: Platforms) -> tuple[Target, ...]:
    """Return the rows of those platforms that are missing from our own table or differ from it."""
    asked = (platforms[one] for one in request.platforms)
    return tuple(one.target for one in asked if PLATFORMS.get(one.id) != one)


def _unknown(request: pb.CreateJobRequest, platforms: Platforms) -> Iterator[FieldMistake]:
    # Said once and briefly: mistakes have to fit into a response's metadata.
    ids = ", ".join(platforms)
    choice = f"; there are {ids}" if len(ids) <= _LONGEST_CHOICE else "; see /api/platforms"
    for at, one in enumerate(request.platforms[:_MOST]):
        if one not in platforms:
            yield FieldMistake(f"platforms[{at}]", f"is unknown{choice}")
            choice = ""


def _refused(request: pb.CreateJobRequest, platforms: Platforms) -> Iterator[FieldMistake]:
    wanted = value_or_fallback(request.options, "format")
    asked = (platforms[one] for one in request.platforms[:_MOST] if one in platforms)
    if refusing := [one for one in asked if wanted not in one.formats][:_MOST_NAMED]:
        takes = "; ".join(f"{one.id} takes {', '.join(one.formats)}" for one in refusing)
        yield FieldMistake("options.format", f"cannot be {wanted}: {takes}")
