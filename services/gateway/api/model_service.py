"""ModelService: shows the image models that a job may ask for."""

from snapasset.gateway.v1 import models_pb2 as pb
from snapasset.gateway.v1 import models_pb2_grpc
from snapasset.gateway.v1.jobs_pb2 import JobOptions

from services.common.interceptors import Context
from services.gateway.api.bounds import bounds_of
from services.gateway.api.models import Models
from services.leaves.purchases import Model

_MOST_VARIANTS = int(bounds_of(JobOptions.DESCRIPTOR.fields_by_name["variants"]).maximum)
"""The same for every model: each variant is a purchase of its own."""


class ModelService(models_pb2_grpc.ModelServiceServicer):
    """The ModelService of the contract."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def ListModels(
        self, request: pb.ListModelsRequest, ctx: Context
    ) -> pb.ListModelsResponse:
        """List the models."""
        return pb.ListModelsResponse(models=map(_view, await self._models.all()))


def _view(model: Model) -> pb.Model:
    return pb.Model(
        model=model.model,
        provider=model.provider,
        estimated_price_usd=model.price_micros / 1e6,
        sizes=model.sizes,
        size_choices=model.size_choices,
        qualities=model.qualities,
        max_prompt_length=model.prompt_characters,
        previews=model.previews,
        edits=model.references > 0,
        transparency=model.transparency,
        max_references=model.references,
        masks=model.masks,
        max_variants=_MOST_VARIANTS,
    )
