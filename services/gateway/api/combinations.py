"""Which wishes of a job exclude each other."""

from collections.abc import Iterator

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import FieldMistake
from services.common.options import EXTEND, TRANSPARENT
from services.jobs.groups import PER_ASPECT


def combination_mistakes(request: pb.CreateJobRequest) -> Iterator[FieldMistake]:
    """Yield what the bounds of single fields cannot say."""
    options = request.options
    if request.mask and not request.references:
        yield FieldMistake("mask", "belongs to the first reference, and there is none")
    if request.HasField("source"):
        yield from _source_mistakes(request)
    if options.variants > 1 and options.masters == PER_ASPECT:
        words = f'must be 1 with masters "{PER_ASPECT}", which buys several images already'
        yield FieldMistake("options.variants", words)
    if options.fit == EXTEND and options.masters == PER_ASPECT:
        words = f'cannot be "{EXTEND}" with masters "{PER_ASPECT}", which paints each shape already'
        yield FieldMistake("options.fit", words)
    if options.fit == EXTEND and options.background == TRANSPARENT:
        words = (
            f'cannot be "{EXTEND}" with background "{TRANSPARENT}", which leaves nothing to extend'
        )
        yield FieldMistake("options.fit", words)


def _source_mistakes(request: pb.CreateJobRequest) -> Iterator[FieldMistake]:
    source, options = request.source, request.options
    if not source.upload_id:
        yield FieldMistake("source.uploadId", "is required")
    if source.generation_id or source.master:
        words = (
            "is given only in answers: POST /api/generations/{generationId}/renditions cuts a "
            "generation again"
        )
        yield FieldMistake("source.generationId", words)
    painting = {
        "quality": options.HasField("quality"),
        "style": options.HasField("style"),
        "model": options.HasField("model"),
        "variants": options.variants > 1,
        "masters": options.masters == PER_ASPECT,
        "fit": options.fit == EXTEND,
        "background": options.background == TRANSPARENT,
    }
    for name, is_given in painting.items():
        if is_given:
            yield FieldMistake(
                f"options.{name}", "cannot be combined with a source: nothing is painted"
            )
