"""Lets the jobs of a batch in, each on its own: one that is refused keeps no other out."""

from collections.abc import Sequence
from dataclasses import dataclass

from snapasset.gateway.v1 import batches_pb2 as pb

from services.common.errors import AppError, FieldMistake, InvalidRequest
from services.gateway.access.caller import Caller
from services.gateway.api.idempotency import once_in_batch
from services.gateway.api.intake import Intake
from services.gateway.api.orders import Order, Orders
from services.gateway.rest_errors import whole_seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchIntake:
    """Creates the jobs of batches."""

    orders: Orders
    intake: Intake

    async def accept(
        self, caller: Caller, orders: Sequence[Order], key: str, batch_id: str
    ) -> Sequence[pb.BatchEntry]:
        """Create the jobs one after the other, so that they are in line in their order.

        `key` is the batch's Idempotency-Key, "" without one.
        """
        owner = ""
        entries: list[pb.BatchEntry] = []
        for place, order in enumerate(orders):
            try:
                if isinstance(order, InvalidRequest):
                    raise order
                spec = await self.orders.spec(caller, order)
                _check_same(owner, spec.user_id)
                once = once_in_batch(caller.subject, key, place, spec) if key else None
                job_id, _ = await self.intake.create(caller, spec, once, batch_id=batch_id)
                owner = spec.user_id
                entries.append(pb.BatchEntry(index=place, job_id=job_id))
            except AppError as error:
                entries.append(pb.BatchEntry(index=place, error=_refusal(error)))
        return entries


def written(order: Order) -> bytes:
    """Return what tells an order from others; one that cannot be read has no content to compare."""
    if isinstance(order, InvalidRequest):
        return order.message.encode()
    return order.SerializeToString(deterministic=True)


def _check_same(owner: str, user_id: str) -> None:
    if owner not in ("", user_id):
        must = "must be the same for all jobs of a batch"
        raise InvalidRequest(f"userId {must}", fields=[FieldMistake("userId", must)])


def _refusal(error: AppError) -> pb.BatchError:
    after = error.retry_after_seconds
    return pb.BatchError(
        error=error.title,
        message=error.message,
        code=error.code,
        fields=[pb.BatchFieldMistake(field=f.field, message=f.message) for f in error.fields],
        retry_after=None if after is None else whole_seconds(after),
    )
