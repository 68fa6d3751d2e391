"""The image models that clients may ask for, as the generator offers them."""

import time
from collections.abc import Sequence

from services.common.errors import AppError, FieldMistake
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

    async def mistakes(self, wished: str) -> list[FieldMistake]:
        """Return what is wrong with the model that a job wishes for.

        While the generator is away nobody knows, and the job finds out when it buys.
        """
        if not wished:
            return []
        try:
            names = [one.model for one in await self.all()]
        except AppError:
            return []
        if wished in names:
            return []
        return [FieldMistake("options.model", f"must be one of {', '.join(names)}")]
