"""A world for the pipeline in which every call may fail or die, before or after it took effect."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.common.assets import Facts, ProviderCall
from services.common.errors import ObjectNotFound, Unavailable
from services.common.targets import Target
from services.jobs import checkpoint
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.groups import groups
from services.jobs.values import JobSpec, Result
from services.leaves.generator import Delivery, ImageOrder, Painting, Preview, PurchaseEvent
from services.leaves.records import GenerationRecord
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import STEPS
from services.worker.pipeline.work import Ports, Work

JOB = "gen-1700000000000-0123456789abcdef0123456789abcdef"
FAULTS = ("fail before", "fail after", "die before", "die after")
HANGS = ("late by 1", "late by 5", "late by 20")
"""The process hangs and is taken for dead; its call takes effect so many calls later."""


class Died(BaseException):
    """The process is gone; nothing of ours runs any more."""


def facts_of(data: bytes, content_type: str = "image/png") -> Facts:
    sha256 = hashlib.sha256(data).hexdigest()
    return Facts(
        content_type=content_type, width=1080, height=1080, size_bytes=len(data), sha256=sha256
    )


def rendition(master: bytes, platform: str) -> bytes:
    return b"cut of " + master + b" for " + platform.encode()


async def in_chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 4):
        yield data[start : start + 4]


@dataclass(slots=True)
class World:
    """What outlives an attempt. `faults` are by the number of the call, counted over all."""

    spec: JobSpec
    faults: Mapping[int, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    records: dict[str, GenerationRecord] = field(default_factory=dict)
    kept: str = "{}"
    charged: int = 0
    noted: list[ProviderCall] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    late: list[tuple[int, str, bytes]] = field(default_factory=list)
    calls: int = 0
    must_not_buy: set[int] = field(default_factory=set)
    rescue: Rescue = field(default_factory=Rescue)

    async def attempt(self) -> Result:
        """Run one attempt from the checkpoint that was stored. Raises AppError, LeaseLost, Died."""
        self.must_not_buy = set(self.stored_masters())
        self.told.clear()
        work = Work(
            job_id=JOB,
            spec=self.spec,
            checkpoint=checkpoint.from_json(json.loads(self.kept)),
            ports=Ports(generator=self, resizer=self, store=self),
            spending=self,
            rescue=self.rescue,
        )
        return await run_steps(STEPS, work, self)

    def stored_masters(self) -> list[int]:
        """The numbers of the masters that are there with the note that makes a purchase of it: of
        two attempts that overlap, the later one's note counts."""
        return [
            number for number in range(1, len(groups(self.spec)) + 1) if self._is_stored(number)
        ]

    def _is_stored(self, number: int) -> bool:
        if not set(HANGS) & set(self.faults.values()):
            return any(f"/master-{number}-" in key for key in self.objects)
        notes = [d for key, d in self.objects.items() if key.endswith(f"/purchase-{number}.json")]
        return any(json.loads(note)["master"]["key"] in self.objects for note in notes)

    def fault(self) -> str:
        self.calls += 1
        for due, key, data in list(self.late):
            if due <= self.calls:
                self.objects[key] = data
                self.late.remove((due, key, data))
        return self.faults.get(self.calls, "none")

    def before(self, fault: str) -> None:
        if fault == "fail before":
            raise Unavailable("It does not answer.")
        if fault == "die before":
            raise Died

    def after(self, fault: str) -> None:
        if fault == "fail after":
            raise Unavailable("It did not answer.")
        if fault == "die after" or fault in HANGS:
            raise Died

    def point(self) -> None:
        """A moment at which a call may break."""
        fault = self.fault()
        self.before(fault)
        self.after(fault)

    # Generator

    async def generate(self, order: ImageOrder) -> AsyncIterator[PurchaseEvent]:
        number = groups(self.spec).index(tuple(order.targets)) + 1
        # A note that a hanging attempt stores late takes the place of the one that counted.
        stored = self.must_not_buy & set(self.stored_masters())
        assert number not in stored, "a stored master is bought again"
        self.point()
        yield Painting(percent=50, message="Painting")
        self.point()
        yield Preview(image=b"preview")
        self.charged += 1
        self.point()
        yield ProviderCall(
            request_id=f"req-{self.charged}",
            model="gpt-image-2",
            outcome="ok",
            input_tokens=10,
            output_tokens=1000,
            stand_in=False,
            cost_micros=40_000,
        )
        yield Painting(percent=100, message="Complete")
        data = (
            f"purchase {self.charged} for {[target.id for target in order.targets]}".encode()
            * self.charged
        )
        yield Delivery(
            facts=facts_of(data), model="gpt-image-2", revised_prompt="A", chunks=self._rest(data)
        )

    async def _rest(self, data: bytes) -> AsyncIterator[bytes]:
        async for chunk in in_chunks(data):
            self.point()
            yield chunk

    # Resizer

    async def resize(
        self,
        master: AsyncIterator[bytes],
        size_bytes: int,
        targets: Sequence[Target],
        wishes: Wishes,
    ) -> AsyncIterator[Cut]:
        data = b"".join([chunk async for chunk in master])
        assert len(data) == size_bytes, "another master than the checkpoint's"
        for target in targets:
            self.point()
            cut = rendition(data, target.id)
            yield Cut(
                target=target.id,
                facts=facts_of(cut, "image/jpeg"),
                crop=(0, 0, 1, 1),
                chunks=self._rest(cut),
            )

    # Store

    async def check_room(self, size_bytes: int) -> None:
        self.point()

    async def put(
        self, key: str, content_type: str, chunks: AsyncIterator[bytes], size: int, sha256: str
    ) -> None:
        fault = self.fault()
        self.before(fault)
        data = b"".join([chunk async for chunk in chunks])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size, sha256)
        if fault in HANGS:
            self.late.append((self.calls + int(fault.split()[-1]), key, data))
        else:
            self.objects[key] = data
        self.after(fault)

    async def get(self, key: str) -> AsyncIterator[bytes]:
        self.point()
        if key not in self.objects:
            raise ObjectNotFound("There is no such object.")
        async for chunk in in_chunks(self.objects[key]):
            yield chunk

    async def save(self, record: GenerationRecord) -> None:
        fault = self.fault()
        self.before(fault)
        self.records[record.generation_id] = record
        self.after(fault)

    # Reporter and Spending

    async def report(self, *, checkpoint: Checkpoint | None = None, **told: Any) -> None:
        fault = self.fault()
        if fault == "fail before":
            raise LeaseLost(JOB)
        self.before(fault)
        self.told.append(told)
        if checkpoint is not None:
            self.kept = json.dumps(checkpoint.to_json())
        if fault == "fail after":
            raise LeaseLost(JOB)
        self.after(fault)

    def note(self, owner: str, call: ProviderCall) -> None:
        assert owner == self.spec.user_id
        self.noted.append(call)
