"""Translates the options of a job between the public contract and the dataclass behind it."""

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.options import FocalPoint, JobOptions, given


def from_message(message: pb.JobOptions) -> JobOptions:
    """Return the options that were given, unchecked."""
    values = {field.name: value for field, value in message.ListFields()}
    if message.HasField("focal_point"):
        values["focal_point"] = FocalPoint(x=message.focal_point.x, y=message.focal_point.y)
    return JobOptions(**values)


def to_message(options: JobOptions) -> pb.JobOptions | None:
    """Return the options that were given, None when there are none."""
    values = given(options)
    if point := options.focal_point:
        values["focal_point"] = pb.FocalPoint(x=point.x, y=point.y)
    return pb.JobOptions(**values) if values else None
