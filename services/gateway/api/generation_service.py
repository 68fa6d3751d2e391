"""GenerationService: the history, read from storage."""

import asyncio

import grpc
from snapasset.gateway.v1 import generations_pb2 as pb
from snapasset.gateway.v1 import generations_pb2_grpc
from snapasset.storage.v1 import storage_pb2 as sto
from snapasset.storage.v1.storage_pb2_grpc import StorageServiceStub

from services.common.assets import Purchase, Rendition
from services.common.channels import call_options
from services.common.errors import GenerationNotFound, InvalidRequest, NotFound, from_rpc
from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.api import requests
from services.gateway.api.views import Views, master_view

_SECONDS = 10.0


class GenerationService(generations_pb2_grpc.GenerationServiceServicer):
    """The GenerationService of the contract."""

    def __init__(self, channel: grpc.aio.Channel, views: Views) -> None:
        self._storage = StorageServiceStub(channel)
        self._views = views

    async def ListGenerations(
        self, request: pb.ListGenerationsRequest, ctx: Context
    ) -> pb.ListGenerationsResponse:
        """List the caller's generations."""
        wanted = sto.ListGenerationsRequest(
            user_id=caller().on_behalf_of(request.user_id),
            page_size=requests.page_size(request.limit if request.HasField("limit") else None),
            page_token=request.cursor,
        )
        try:
            page = await self._storage.ListGenerations(wanted, **call_options(_SECONDS))
        except grpc.aio.AioRpcError as failure:
            error = from_rpc(failure, "storage")
            if isinstance(error, InvalidRequest):
                raise InvalidRequest("cursor must be the nextCursor of an earlier page.") from error
            raise error from failure
        rows = await asyncio.gather(*map(self._view, page.generations))
        return pb.ListGenerationsResponse(
            generations=rows, count=len(rows), next_cursor=page.next_page_token
        )

    async def GetGeneration(
        self, request: pb.GetGenerationRequest, ctx: Context
    ) -> pb.GetGenerationResponse:
        """Show one generation."""
        named = sto.GetGenerationRequest(
            user_id=caller().on_behalf_of(request.user_id), generation_id=request.generation_id
        )
        try:
            found = await self._storage.GetGeneration(named, **call_options(_SECONDS))
        except grpc.aio.AioRpcError as failure:
            raise _translated(failure) from failure
        return pb.GetGenerationResponse(generation=await self._view(found.generation))

    async def DeleteGeneration(
        self, request: pb.DeleteGenerationRequest, ctx: Context
    ) -> pb.DeleteGenerationResponse:
        """Delete one generation and its images."""
        named = sto.DeleteGenerationRequest(
            user_id=caller().on_behalf_of(request.user_id), generation_id=request.generation_id
        )
        try:
            found = await self._storage.GetGeneration(
                sto.GetGenerationRequest(user_id=named.user_id, generation_id=named.generation_id),
                **call_options(_SECONDS),
            )
            await self._storage.DeleteGeneration(named, **call_options(_SECONDS))
        except grpc.aio.AioRpcError as failure:
            raise _translated(failure) from failure
        return pb.DeleteGenerationResponse(
            generation_id=request.generation_id, deleted_images=len(found.generation.images)
        )

    async def _view(self, generation: sto.Generation) -> pb.Generation:
        masters = [master_view(_purchase(one)) for one in generation.masters]
        return pb.Generation(
            generation_id=generation.generation_id,
            job_id=generation.job_id,
            prompt=generation.prompt,
            revised_prompt=masters[0].revised_prompt if masters else "",
            model=masters[0].model if masters else "",
            masters=masters,
            images=await self._views.images([*map(_rendition, generation.images)]),
            created_at=generation.created_at,
        )


def _purchase(master: sto.Master) -> Purchase:
    return Purchase(
        master=_rendition(master.image), model=master.model, revised_prompt=master.revised_prompt
    )


def _rendition(image: sto.StoredImage) -> Rendition:
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
    )


def _translated(failure: grpc.aio.AioRpcError) -> Exception:
    """An id that is not even one is not found either."""
    error = from_rpc(failure, "storage")
    if isinstance(error, NotFound | InvalidRequest):
        return GenerationNotFound("There is no such generation. Check its id.")
    return error
