"""Translates the options of a job between the public contract and the dataclass behind it."""

from snapasset.gateway.v1 import jobs_pb2 as pb
from snapasset.gateway.v1.renditions_pb2 import CutOptions

from services.common.options import FocalPoint, JobOptions, given


def from_message(message: pb.JobOptions | CutOptions) -> JobOptions:
    """Return the options that were given, unchecked."""
    values = {field.name: value for field, value in message.ListFields()}
    if message.HasField("focal_point"):
        values["focal_point"] = point(message.focal_point)
    return JobOptions(**values)


def point(message: pb.FocalPoint) -> FocalPoint:
    """Return a point, unchecked."""
    return FocalPoint(x=message.x, y=message.y)


def point_message(point: FocalPoint) -> pb.FocalPoint:
    """Return a point as the public API shows it."""
    return pb.FocalPoint(x=point.x, y=point.y)


def to_message(options: JobOptions) -> pb.JobOptions | None:
    """Return the options that were given, None when there are none."""
    values = given(options)
    if options.focal_point:
        values["focal_point"] = point_message(options.focal_point)
    return pb.JobOptions(**values) if values else None
