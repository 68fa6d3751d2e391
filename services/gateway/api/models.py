"""The image models that clients may ask for, as the generator offers them."""

import time
from collections.abc import Sequence

from snapasset.gateway.v1 import jobs_pb2 as pb

from services.common.errors import AppError, FieldMistake
from services.gateway.api.abilities import ability_mistakes, asks_much
from services.leaves.generator import GeneratorClient
from services.leaves.purchases import Model

_FRESH_SECONDS = 30.0


class Models:
    """Asks the generator at most once in a while, however many ask us."""

    def __init__(self, generator: GeneratorClient) -> None:
        self._generator = generator
        self._known: Sequence[Model] = ()
        self._until = 0.0

    async def all(self) -> Sequence[Model]:
        """Return the models in order of preference. Raises Unavailable."""
        if time.monotonic() > self._until:
            self._known = await self._generator.models()
            self._until = time.monotonic() + _FRESH_SECONDS
        return self._known

    async def mistakes(self, request: pb.CreateJobRequest) -> list[FieldMistake]:
        """Return what is wrong with the model that a job asks for, or what no model can do for it.

        While the generator is away nobody knows, and the job finds out before it buys.
        """
        wished = request.options.model
        if not wished and not asks_much(request):
            return []
        try:
            models = await self.all()
        except AppError:
            return []
        fitting = [one for one in models if wished in ("", one.model)]
        if fitting:
            return [*ability_mistakes(request, fitting)]
        names = ", ".join(one.model for one in models)
        return [FieldMistake("options.model", f"must be one of {names}")]
