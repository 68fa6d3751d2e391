"""RenditionService: cuts generations again, and shows their owners what they are cut from."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from google.api.httpbody_pb2 import HttpBody
from snapasset.gateway.v1 import renditions_pb2 as pb
from snapasset.gateway.v1 import renditions_pb2_grpc

from services.common.assets import master_of
from services.common.interceptors import Context
from services.gateway.access.control import caller
from services.gateway.api.cuts import cut_spec
from services.gateway.api.generations import Generations, no_master
from services.gateway.api.reception import Reception
from services.gateway.api.targets import Platforms
from services.gateway.headers import respond_well_with
from services.gateway.site.parts import parts
from services.gateway.versions import is_known


class RenditionService(renditions_pb2_grpc.RenditionServiceServicer):
    """The RenditionService of the contract."""

    def __init__(
        self, generations: Generations, reception: Reception, platforms: Platforms
    ) -> None:
        self._generations = generations
        self._reception = reception
        self._platforms = platforms

    async def CreateRenditions(
        self, request: pb.CreateRenditionsRequest, ctx: Context
    ) -> pb.CreateRenditionsResponse:
        """Accept a job that cuts a generation again."""
        owner = caller().on_behalf_of(request.user_id)
        record = await self._generations.get(owner, request.generation_id)
        spec = cut_spec(request, record, self._platforms)
        return pb.CreateRenditionsResponse(**await self._reception.accept(ctx, spec, purchases=0))

    async def DeleteRendition(
        self, request: pb.DeleteRenditionRequest, ctx: Context
    ) -> pb.DeleteRenditionResponse:
        """Delete one rendition."""
        owner = caller().on_behalf_of(request.user_id)
        generation_id, rendition_id = request.generation_id, request.rendition_id
        await self._generations.delete_rendition(owner, generation_id, rendition_id)
        return pb.DeleteRenditionResponse(generation_id=generation_id, rendition_id=rendition_id)

    async def GetMaster(
        self, request: pb.GetMasterRequest, ctx: Context
    ) -> AsyncIterator[pb.GetMasterResponse]:
        """Stream a bought image to its owner."""
        owner, number = caller().on_behalf_of(request.user_id), request.master
        record = await self._generations.get(owner, request.generation_id)
        bought = master_of(record.purchases, number)
        if bought is None:
            raise no_master()
        master = bought.master
        # Asked for again each time, since the credentials are to be checked each time.
        respond_well_with("cache-control", "private, no-cache")
        content_type = master.content_type
        name = f"master-{number}.{content_type.removeprefix('image/')}"
        respond_well_with("content-disposition", f'inline; filename="{name}"')
        if is_known(ctx, f'"{master.sha256}"', master.size_bytes):
            return
        async with aclosing(self._generations.read(master)) as chunks:
            async for chunk in chunks:
                for part in parts(chunk):
                    yield pb.GetMasterResponse(body=HttpBody(content_type=content_type, data=part))
                    content_type = ""
