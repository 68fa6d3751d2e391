"""A generator that may fall silent, and that sells no stored master again."""

import json
from collections.abc import AsyncIterator

from services.common.assets import ProviderCall
from services.common.charge import Charge
from services.common.errors import (
    ProviderBadAnswer,
    Unavailable,
)
from services.jobs.plan import plan
from services.jobs.values import JobSpec
from services.leaves.purchases import (
    Delivery,
    ImageOrder,
    Painting,
    Preview,
    PurchaseEvent,
    UnreadAnswer,
)
from tests.unit.worker.pipeline.faulty.faults import HANGS, Died, Faults
from tests.unit.worker.pipeline.faulty.files import facts_of, in_chunks

ESTIMATE = 40_000


class Painter(Faults):
    """See ports.Generator."""

    spec: JobSpec
    charged: int
    must_not_buy: set[int]

    async def estimate(self, order: ImageOrder) -> int:
        self.point()
        return ESTIMATE

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        number = int(order.key.split("-")[-2])
        # A note that a hanging attempt stores late takes the place of the one that counted.
        stored = self.must_not_buy & set(self.stored_masters())
        assert number not in stored, "a stored master is bought again"
        self.point()
        yield Painting(percent=50, message="Painting")
        self.silence()
        yield Preview(image=b"preview")
        self.charged += 1
        self.silence()
        yield call(f"req-{self.charged}")
        yield Painting(percent=100, message="Complete")
        data = (
            f"purchase {self.charged} for {[target.id for target in order.targets]}".encode()
            * self.charged
        )
        yield Delivery(
            facts=facts_of(data), model="gpt-image-2", revised_prompt="A", chunks=self._sent(data)
        )

    async def read_answer(
        self, answer: UnreadAnswer, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Delivery]:
        raise ProviderBadAnswer("It cannot be read.")
        yield

    def silence(self) -> None:
        """A moment at which the generator may fall silent, whatever it has done."""
        fault = self.fault()
        if fault.startswith("fail"):
            error = Unavailable("The generator does not answer.")
            error.unanswered = True
            raise error
        if fault != "none":
            raise Died

    async def _sent(self, data: bytes) -> AsyncIterator[bytes]:
        async for chunk in in_chunks(data):
            self.silence()
            yield chunk

    def stored_masters(self) -> list[int]:
        """The numbers of the masters that are there with the note that makes a purchase of it: of
        two attempts that overlap, the later one's note counts."""
        return [one.number for one in plan(self.spec) if self._is_stored(one.number)]

    def _is_stored(self, number: int) -> bool:
        if not set(HANGS) & set(self.faults.values()):
            return any(f"/master-{number}-" in key for key in self.objects)
        notes = [d for key, d in self.objects.items() if key.endswith(f"/purchase-{number}.json")]
        return any(json.loads(note)["master"]["key"] in self.objects for note in notes)


def call(request_id: str, charge: Charge = Charge.CHARGED) -> ProviderCall:
    """Return a call as the generator tells of it."""
    return ProviderCall(
        request_id=request_id,
        model="gpt-image-2",
        outcome="ok" if charge is Charge.CHARGED else "PROVIDER_UNAVAILABLE",
        input_tokens=10,
        output_tokens=1000,
        stand_in=False,
        cost_micros=ESTIMATE if charge is not Charge.NOT_CHARGED else 0,
        charge=charge,
    )
