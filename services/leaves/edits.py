"""How an edit is sent to the generator: what to paint, then the pictures to paint from."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

from snapasset.generator.v1 import generator_pb2 as gen

from services.leaves.purchases import ImageOrder


async def edit_parts(
    order: ImageOrder, request: gen.GenerateRequest
) -> AsyncIterator[gen.EditRequest]:
    """Yield the header, then the bytes of each picture in turn. Raises what reading them raises."""
    pictures = [*order.references, *filter(None, [order.mask])]
    header = gen.EditHeader(
        order=request,
        references=[gen.Picture(size_bytes=one.size_bytes) for one in order.references],
        mask=gen.Picture(size_bytes=order.mask.size_bytes) if order.mask else None,
        extends=order.extends,
    )
    yield gen.EditRequest(header=header)
    for picture in pictures:
        async with aclosing(cast(Any, picture.read())) as chunks:
            async for chunk in chunks:
                yield gen.EditRequest(chunk=chunk)


async def steps(call: Any) -> AsyncIterator[gen.GenerateResponse]:
    """Yield what the generator reports of an edit: the same as of any other purchase."""
    async for response in call:
        yield response.step
