"""Generation records: what is remembered about a job, in Python and as storage writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp
from snapasset.storage.v1 import storage_pb2 as sto

from services.common.assets import MODEL, Advice, Purchase, Rendition
from services.common.options import JobOptions, from_texts, to_texts


@dataclass(frozen=True, kw_only=True, slots=True)
class GenerationRecord:
    """What remains of a job once Redis has forgotten it.

    Tokens and request ids are those of the calls that returned an image; `stand_in` says that
    one of them was answered by the local stand-in, not by an image model.
    """

    generation_id: str
    job_id: str
    user_id: str
    prompt: str
    options: JobOptions
    purchases: Sequence[Purchase]
    images: Sequence[Rendition]
    created_at: datetime
    input_tokens: int = 0
    output_tokens: int = 0
    request_ids: Sequence[str] = ()
    stand_in: bool = False
    cost_micros: int | None = None
    """What all charged calls cost, in millionths of a US dollar; None if it was not noted."""


def to_message(record: GenerationRecord) -> sto.Generation:
    """Return `record` as storage's message."""
    created = Timestamp()
    created.FromDatetime(record.created_at)
    return sto.Generation(
        generation_id=record.generation_id,
        user_id=record.user_id,
        job_id=record.job_id,
        prompt=record.prompt,
        options=to_texts(record.options),
        masters=[
            sto.Master(
                image=image_to_message(one.master),
                model=one.model,
                revised_prompt=one.revised_prompt,
                number=one.number,
                origin=one.origin,
                provider=one.provider,
            )
            for one in record.purchases
        ],
        images=map(image_to_message, record.images),
        usage=sto.TokenUsage(
            input_tokens=record.input_tokens,
            output_tokens=record.output_tokens,
            total_tokens=record.input_tokens + record.output_tokens,
        ),
        provider_request_ids=record.request_ids,
        stand_in=record.stand_in,
        created_at=created,
        cost_micros=record.cost_micros,
    )


def from_message(message: sto.Generation) -> GenerationRecord:
    """Return the record in storage's message."""
    return GenerationRecord(
        generation_id=message.generation_id,
        job_id=message.job_id,
        user_id=message.user_id,
        prompt=message.prompt,
        options=from_texts(message.options),
        purchases=[_purchase(one, place) for place, one in enumerate(message.masters, 1)],
        images=[*map(_image, message.images)],
        created_at=message.created_at.ToDatetime(UTC),
        input_tokens=message.usage.input_tokens,
        output_tokens=message.usage.output_tokens,
        request_ids=[*message.provider_request_ids],
        stand_in=message.stand_in,
        cost_micros=message.cost_micros if message.HasField("cost_micros") else None,
    )


def _purchase(message: sto.Master, place: int) -> Purchase:
    return Purchase(
        master=_image(message.image),
        model=message.model,
        revised_prompt=message.revised_prompt,
        number=message.number or place,
        origin=message.origin or MODEL,
        provider=message.provider,
    )


def image_to_message(image: Rendition) -> sto.StoredImage:
    """Return a stored image as storage's message."""
    crop = None
    if image.crop:
        x, y, width, height = image.crop
        crop = sto.ImageCrop(x=x, y=y, width=width, height=height)
    return sto.StoredImage(
        platform=image.platform,
        key=image.key,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=image.size_bytes,
        sha256=image.sha256,
        crop=crop,
        master=image.master,
        signed_by=image.signed_by,
        kept=image.kept,
        advice=map(_advice_message, image.advice),
    )


def _advice_message(advice: Advice) -> sto.CropAdvice:
    point = None
    if advice.focal_point:
        x, y = advice.focal_point
        point = sto.FocalPoint(x=x, y=y)
    return sto.CropAdvice(kind=advice.kind, kept=advice.kept, focal_point=point)


def _image(image: sto.StoredImage) -> Rendition:
    box = image.crop
    return Rendition(
        platform=image.platform,
        key=image.key,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=image.size_bytes,
        sha256=image.sha256,
        crop=(box.x, box.y, box.width, box.height) if image.HasField("crop") else None,
        master=image.master,
        signed_by=image.signed_by,
        kept=image.kept if image.HasField("kept") else None,
        advice=tuple(map(_advice, image.advice)),
    )


def _advice(advice: sto.CropAdvice) -> Advice:
    point = advice.focal_point
    return Advice(
        kind=advice.kind,
        kept=advice.kept if advice.HasField("kept") else None,
        focal_point=(point.x, point.y) if advice.HasField("focal_point") else None,
    )
