"""GenerationService: the history, read from storage."""

import asyncio
from collections.abc import Sequence

from snapasset.gateway.v1 import generations_pb2 as pb
from snapasset.gateway.v1 import generations_pb2_grpc
from snapasset.gateway.v1.jobs_pb2 import JobImage

from services.common.errors import InvalidRequest
from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.api import requests
from services.gateway.api.bounds import value_or_fallback
from services.gateway.api.generations import Generations
from services.jobs.views.job import Views, master_view, timestamp
from services.leaves.records import GenerationRecord
from services.leaves.storage import StorageClient


class GenerationService(generations_pb2_grpc.GenerationServiceServicer):
    """The GenerationService of the contract."""

    def __init__(self, storage: StorageClient, generations: Generations, views: Views) -> None:
        self._storage = storage
        self._generations = generations
        self._views = views

    async def ListGenerations(
        self, request: pb.ListGenerationsRequest, ctx: Context
    ) -> pb.ListGenerationsResponse:
        """List the caller's generations."""
        requests.check(request)
        owner = caller().on_behalf_of(request.user_id)
        size = value_or_fallback(request, "limit")
        try:
            page = await self._storage.records(owner, size, request.cursor)
        except InvalidRequest as error:
            raise InvalidRequest("cursor must be the nextCursor of an earlier page.") from error
        rows = await asyncio.gather(*map(self._view, page.records))
        return pb.ListGenerationsResponse(
            generations=rows, count=len(rows), next_cursor=page.next_token
        )

    async def GetGeneration(
        self, request: pb.GetGenerationRequest, ctx: Context
    ) -> pb.GetGenerationResponse:
        """Show one generation."""
        owner = caller().on_behalf_of(request.user_id)
        record = await self._generations.get(owner, request.generation_id)
        return pb.GetGenerationResponse(generation=await self._view(record))

    async def DeleteGeneration(
        self, request: pb.DeleteGenerationRequest, ctx: Context
    ) -> pb.DeleteGenerationResponse:
        """Delete one generation and its images."""
        owner = caller().on_behalf_of(request.user_id)
        record = await self._generations.get(owner, request.generation_id)
        await self._generations.delete(owner, request.generation_id)
        return pb.DeleteGenerationResponse(
            generation_id=request.generation_id, deleted_images=len(record.images)
        )

    async def _view(self, record: GenerationRecord) -> pb.Generation:
        masters = [*map(master_view, record.purchases)]
        renditions = await self._views.images(record.images)
        return pb.Generation(
            generation_id=record.generation_id,
            job_id=record.job_id,
            prompt=record.prompt,
            revised_prompt=masters[0].revised_prompt if masters else "",
            model=masters[0].model if masters else "",
            stand_in=record.stand_in,
            estimated_cost_usd=None if record.cost_micros is None else record.cost_micros / 1e6,
            masters=masters,
            images=_newest(renditions),
            created_at=timestamp(record.created_at),
            renditions=renditions,
        )


def _newest(renditions: Sequence[JobImage]) -> Sequence[JobImage]:
    """Return the last one for each platform or size, in the order of the first ones."""
    return [*{one.platform_id: one for one in renditions}.values()]
