"""What is ordered from the generator for a master, and from which pictures it is painted."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

from services.common.assets import master_of
from services.common.errors import ObjectNotFound, UploadNotFound
from services.common.keys import upload_key
from services.jobs.values import SentPicture
from services.leaves.purchases import ImageOrder, ReferencePicture
from services.worker.pipeline.lot import Lot
from services.worker.pipeline.work import Work

_GONE = "A picture to paint from has expired or was deleted. Send it again and create another job."


def order_of(work: Work, lot: Lot, *, key: str = "") -> ImageOrder:
    """Return the order; `key` identifies the purchase to the provider."""
    mask = work.spec.mask
    return ImageOrder(
        prompt=work.spec.prompt,
        owner=work.spec.user_id,
        targets=lot.planned.shapes,
        options=work.spec.options,
        key=key,
        transparent=work.spec.options.is_transparent,
        references=_references(work, lot),
        mask=_sent(work, mask) if mask and not lot.planned.extends else None,
        extends=lot.planned.extends,
    )


def _references(work: Work, lot: Lot) -> tuple[ReferencePicture, ...]:
    """Return the pictures that a master is painted from."""
    first = master_of(work.checkpoint.purchases, 1)
    if not lot.planned.extends or first is None:
        return tuple(_sent(work, one) for one in work.spec.references)
    image = first.master
    return (ReferencePicture(size_bytes=image.size_bytes, read=lambda: work.read(image)),)


def _sent(work: Work, picture: SentPicture) -> ReferencePicture:
    """Return an upload as a picture to paint from. Reading it raises UploadNotFound."""

    async def read() -> AsyncIterator[bytes]:
        key = upload_key(work.spec.user_id, picture.upload_id)
        try:
            async with aclosing(cast(Any, work.ports.store.get(key))) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ObjectNotFound as error:
            raise UploadNotFound(_GONE) from error

    return ReferencePicture(size_bytes=picture.size_bytes, read=read)
