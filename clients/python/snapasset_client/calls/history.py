"""The operations on the history: generations and what is cut from them."""

import uuid
from collections.abc import AsyncIterator, Sequence

from snapasset.gateway.v1 import generations_pb2 as gen
from snapasset.gateway.v1 import renditions_pb2 as ren
from snapasset.gateway.v1.generations_pb2_grpc import GenerationServiceStub
from snapasset.gateway.v1.renditions_pb2_grpc import RenditionServiceStub

from ..connection import Connection
from ..downloads import read_master
from ..headers import header
from ..paging import PAGE_SIZE, entries
from .base import Calls


class HistoryCalls(Calls):
    """One caller's generations."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._generations = GenerationServiceStub(connection.channel)
        self._renditions = RenditionServiceStub(connection.channel)

    def generations(self, *, user_id: str = "") -> AsyncIterator[gen.Generation]:
        """Yield the history, newest first, page by page; `user_id` as in `jobs`."""

        async def ask(cursor: str) -> tuple[Sequence[gen.Generation], str]:
            request = gen.ListGenerationsRequest(limit=PAGE_SIZE, cursor=cursor, user_id=user_id)
            page = await self._ask(self._generations.ListGenerations, request)
            return page.generations, page.next_cursor

        return entries(ask)

    async def get_generation(self, generation_id: str, *, user_id: str = "") -> gen.Generation:
        """Return one generation of the history; `user_id` as in `jobs`."""
        request = gen.GetGenerationRequest(generation_id=generation_id, user_id=user_id)
        found = await self._ask(self._generations.GetGeneration, request)
        return found.generation

    async def delete_generation(
        self, generation_id: str, *, user_id: str = ""
    ) -> gen.DeleteGenerationResponse:
        """Delete a generation with all its images; `user_id` as in `jobs`."""
        request = gen.DeleteGenerationRequest(generation_id=generation_id, user_id=user_id)
        return await self._ask(self._generations.DeleteGeneration, request, repeatable=False)

    async def cut(
        self,
        order: ren.CreateRenditionsRequest,
        *,
        idempotency_key: str | None = None,
        wait_seconds: int = 0,
    ) -> ren.CreateRenditionsResponse:
        """Create a job that cuts a bought image again; the rest as in `create_job`."""
        key = header("idempotency-key", idempotency_key or uuid.uuid4().hex, "idempotency key")
        return await self._ask(
            self._renditions.CreateRenditions, order, also=(key,), wait_seconds=wait_seconds
        )

    async def delete_rendition(
        self, generation_id: str, rendition_id: str, *, user_id: str = ""
    ) -> ren.DeleteRenditionResponse:
        """Delete one image of a generation; `user_id` as in `jobs`."""
        request = ren.DeleteRenditionRequest(
            generation_id=generation_id, rendition_id=rendition_id, user_id=user_id
        )
        return await self._ask(self._renditions.DeleteRendition, request, repeatable=False)

    def master(
        self, generation_id: str, number: int = 1, *, user_id: str = ""
    ) -> AsyncIterator[bytes]:
        """Yield the bytes of a bought image; `user_id` as in `jobs`."""
        request = ren.GetMasterRequest(generation_id=generation_id, master=number, user_id=user_id)
        return read_master(self._connection, request)
