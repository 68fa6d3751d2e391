"""Which wishes of a job exclude each other."""

from collections.abc import Iterator

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake
from services.jobs.groups import PER_ASPECT


def combination_mistakes(request: pb.CreateJobRequest) -> Iterator[FieldMistake]:
    """Yield what the bounds of single fields cannot say."""
    options = request.options
    if options.variants > 1 and options.masters == PER_ASPECT:
        words = f'must be 1 with masters "{PER_ASPECT}", which buys several images already'
        yield FieldMistake("options.variants", words)
