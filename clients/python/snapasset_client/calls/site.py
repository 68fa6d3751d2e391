"""The operations that tell about the service itself."""

from snapasset.gateway.v1 import models_pb2 as mod
from snapasset.gateway.v1 import site_pb2 as site
from snapasset.gateway.v1.models_pb2_grpc import ModelServiceStub
from snapasset.gateway.v1.site_pb2_grpc import SiteServiceStub

from ..connection import Connection
from .base import Calls


class SiteCalls(Calls):
    """What the service offers and how it is."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._site = SiteServiceStub(connection.channel)
        self._models = ModelServiceStub(connection.channel)

    async def platforms(self) -> list[site.Platform]:
        """Return the platforms that a job may ask for."""
        found = await self._ask(self._site.ListPlatforms, site.ListPlatformsRequest())
        return list(found.platforms)

    async def models(self) -> list[mod.Model]:
        """Return the image models that a job may ask for, in order of preference."""
        found = await self._ask(self._models.ListModels, mod.ListModelsRequest())
        return list(found.models)

    async def health(self) -> site.GetHealthResponse:
        """Return the health of the service and each of its parts."""
        return await self._ask(self._site.GetHealth, site.GetHealthRequest())

    async def api_index(self) -> site.GetApiIndexResponse:
        """Return the name and the version of the API, and where its parts are."""
        return await self._ask(self._site.GetApiIndex, site.GetApiIndexRequest())
