"""Translates between the messages of the contract and the values of the generator."""

import hashlib
from collections.abc import Iterator
from typing import Any

from snapasset.generator.v1 import generator_pb2 as pb

from services.common.channels import CHUNK_BYTES
from services.common.charge import Charge
from services.generator.catalogue import Offer, described
from services.generator.events import Bought, Called, Event, Previewed, Progressed, Unreadable
from services.generator.orders import Order
from services.generator.providers.port import Usage
from services.generator.references import MAX_REFERENCES, Reference
from services.generator.sizes import Shape

_CHARGES = {
    Charge.NOT_CHARGED: pb.CHARGE_NOT_CHARGED,
    Charge.CHARGED: pb.CHARGE_CHARGED,
    Charge.UNKNOWN: pb.CHARGE_UNKNOWN,
}


def order_of(request: pb.GenerateRequest) -> Order:
    """Return what is to be bought."""
    return Order(
        prompt=request.prompt,
        targets=_shapes(request.targets),
        quality=request.quality,
        style=request.style,
        end_user=request.end_user,
        previews=request.previews,
        purchase_key=request.purchase_key,
        model=request.model,
        transparent=request.transparent,
    )


def order_of_estimate(request: pb.EstimatePurchaseRequest) -> Order:
    """Return what is to be estimated."""
    return Order(
        prompt=request.prompt,
        targets=_shapes(request.targets),
        quality=request.quality,
        style=request.style,
        previews=request.previews,
        model=request.model,
        transparent=request.transparent,
        references=(Reference(),) * min(request.references, MAX_REFERENCES + 1),
        mask=Reference() if request.mask else None,
        extends=request.extends,
    )


def _shapes(targets: Any) -> tuple[Shape, ...]:
    return tuple(Shape(width=target.width, height=target.height) for target in targets)


def responses_of(event: Event) -> Iterator[pb.GenerateResponse]:
    """Yield the messages that report an event."""
    match event:
        case Progressed():
            progress = pb.Progress(percent=event.percent, message=event.message)
            yield pb.GenerateResponse(progress=progress)
        case Previewed():
            preview = pb.Preview(index=event.index, content_type="image/jpeg", image=event.image)
            yield pb.GenerateResponse(preview=preview)
        case Called():
            yield pb.GenerateResponse(call=_call(event))
        case Bought():
            yield pb.GenerateResponse(header=image_header(event))
            yield from (pb.GenerateResponse(chunk=chunk) for chunk in in_chunks(event.image.data))
        case Unreadable():
            yield pb.GenerateResponse(raw_answer=_raw_header(event))
            yield from (pb.GenerateResponse(chunk=chunk) for chunk in in_chunks(event.raw.data))


def in_chunks(data: bytes) -> Iterator[bytes]:
    """Yield the bytes in pieces that fit into a message."""
    yield from (data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES))


def _call(event: Called) -> pb.ProviderCall:
    return pb.ProviderCall(
        request_id=event.request_id,
        model=event.model,
        outcome=event.outcome,
        usage=_usage(event.usage) if event.usage else None,
        stand_in=event.stand_in,
        charge=_CHARGES[event.charge],
        cost_micros=event.cost_micros,
        provider=event.provider,
    )


def _usage(usage: Usage) -> pb.Usage:
    return pb.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
    )


def image_header(event: Bought) -> pb.ImageHeader:
    """Return the facts of a bought image."""
    image = event.image
    return pb.ImageHeader(
        model=event.model,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        size_bytes=len(image.data),
        sha256=image.sha256,
        revised_prompt=event.prompt,
        quality=event.quality,
        provider=event.provider,
    )


def _raw_header(event: Unreadable) -> pb.RawAnswer:
    return pb.RawAnswer(
        content_type=event.raw.content_type,
        size_bytes=len(event.raw.data),
        sha256=hashlib.sha256(event.raw.data).hexdigest(),
        provider=event.provider,
        model=event.model,
        prompt=event.prompt,
        quality=event.quality,
    )


def model_of(offer: Offer) -> pb.Model:
    """Return the contract's message for a model that is for sale."""
    sizes, choices = described(offer.abilities.sizes)
    return pb.Model(
        model=offer.model,
        provider=offer.provider,
        price_micros=offer.micros,
        sizes=sizes,
        size_choices=choices,
        qualities=offer.abilities.qualities,
        prompt_characters=offer.abilities.prompt_characters,
        previews=offer.abilities.previews,
        edits=offer.abilities.references > 0,
        transparency=offer.abilities.transparency,
        references=offer.abilities.references,
        masks=offer.abilities.masks and offer.abilities.references > 0,
    )
