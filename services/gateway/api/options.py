"""Turns the options of a job into texts by name, as every record keeps them, and back."""

from collections.abc import Mapping

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.jobs.focal_point import FOCAL_POINT, focal_point, to_text


def from_message(options: pb.JobOptions) -> dict[str, str]:
    """Return the options that were given, unchecked."""
    given = {field.name: value for field, value in options.ListFields()}
    if FOCAL_POINT in given:
        given[FOCAL_POINT] = to_text(options.focal_point.x, options.focal_point.y)
    return given


def to_message(options: Mapping[str, str]) -> pb.JobOptions | None:
    """Return the options of a job, None for none."""
    if not options:
        return None
    message = pb.JobOptions()
    for name, word in options.items():
        if name != FOCAL_POINT:
            setattr(message, name, word)
    if point := focal_point(options):
        message.focal_point.x, message.focal_point.y = point
    return message
