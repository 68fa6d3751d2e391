"""What the worker remembers of a job is what the gateway reads of it."""

from datetime import UTC, datetime

from snapasset.storage.v1 import storage_pb2 as sto

from services.common.assets import Advice, Purchase, Rendition
from services.common.options import FocalPoint, JobOptions
from services.leaves.records import GenerationRecord, from_message, to_message

MASTER = Rendition(
    platform="master",
    key="ada/1/master-1",
    content_type="image/png",
    width=1024,
    height=1536,
    size_bytes=7,
    sha256="0a",
)
POST = Rendition(
    platform="twitter-post",
    key="ada/1/twitter-post-1200x675.jpg",
    content_type="image/jpeg",
    width=1200,
    height=675,
    size_bytes=5,
    sha256="0b",
    crop=(0, 1, 2, 3),
    master=1,
    kept=0.5,
    advice=(
        Advice(kind="focalPoint", kept=0.75, focal_point=(0.25, 0.5)),
        Advice(kind="perAspect"),
    ),
    signed_by="Example Ltd",
)


def test_a_record_comes_back_as_it_was_saved() -> None:
    record = GenerationRecord(
        generation_id="1",
        job_id="gen-1",
        user_id="ada",
        prompt="A lighthouse",
        options=JobOptions(quality="hd", focal_point=FocalPoint(x=0.5, y=0.25)),
        purchases=[
            Purchase(
                master=MASTER,
                model="gpt-image-2",
                revised_prompt="A",
                origin="composite",
                provider="openai",
            )
        ],
        images=[POST],
        created_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
        input_tokens=10,
        output_tokens=1000,
        request_ids=["req-1"],
        stand_in=True,
        cost_micros=31_500,
    )
    assert from_message(to_message(record)) == record


def test_a_record_that_an_earlier_version_has_saved_can_be_read() -> None:
    record = from_message(sto.Generation(generation_id="1", user_id="ada", job_id="gen-1"))
    assert (record.purchases, record.images, record.request_ids) == ([], [], [])
    assert record.cost_micros is None
