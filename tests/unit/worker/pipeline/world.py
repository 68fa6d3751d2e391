"""A world for the pipeline in which every call may fail or die, before or after it took effect."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from services.common.assets import Facts, ProviderCall, Rendition
from services.common.charge import Charge
from services.common.errors import (
    GenerationNotFound,
    ObjectNotFound,
    ProviderBadAnswer,
    Unavailable,
)
from services.common.options import RenditionOptions
from services.common.targets import Target
from services.jobs import checkpoint
from services.jobs.checkpoint import Checkpoint
from services.jobs.claim import LeaseLost
from services.jobs.plan import plan
from services.jobs.spend.purchases import Entry, Intent, Outcome
from services.jobs.uploads.upload import Upload
from services.jobs.values import JobSpec, Result
from services.leaves.purchases import (
    Delivery,
    ImageOrder,
    Painting,
    Preview,
    PurchaseEvent,
    UnreadAnswer,
)
from services.leaves.records import GenerationRecord
from services.leaves.resizer import Cut, Wishes
from services.worker.pipeline.allowance import Ledger
from services.worker.pipeline.rescue import Rescue
from services.worker.pipeline.runner import run_steps
from services.worker.pipeline.steps import steps_of
from services.worker.pipeline.work import Ports, Work
from services.worker.spool.file import SpooledFile
from services.worker.spool.parcel import Kind, Parcel
from services.worker.spool.spool import Held

JOB = "gen-1700000000000-0123456789abcdef0123456789abcdef"
ESTIMATE = 40_000
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


class Uploaded(dict[str, Upload]):
    """The uploads that there are, by id."""

    async def find(self, owner: str, upload_id: str) -> Upload | None:
        """See ports.UploadFinder."""
        upload = self.get(upload_id)
        return upload if upload and upload.owner == owner else None


@dataclass(slots=True)
class World:
    """What outlives an attempt. `faults` are by the number of the call, counted over all."""

    spec: JobSpec
    faults: Mapping[int, str] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    records: dict[str, GenerationRecord] = field(default_factory=dict)
    uploads: Uploaded = field(default_factory=Uploaded)
    job_id: str = JOB
    overrides: Mapping[str, RenditionOptions] = field(default_factory=dict)
    added: dict[tuple[str, str], tuple[Rendition, ...]] = field(default_factory=dict)
    kept: str = "{}"
    charged: int = 0
    repeats: int = 1
    searches: int = 0
    buy_again: bool = False
    permissions: int = 0
    entries: dict[tuple[int, int], Entry] = field(default_factory=dict)
    parcels: dict[str, tuple[Parcel, bytes]] = field(default_factory=dict)
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
        return await run_steps(steps_of(self.spec), self.work(), self)

    def work(self) -> Work:
        """Return what an attempt begins with."""
        done = checkpoint.from_json(json.loads(self.kept))
        return Work(
            job_id=self.job_id,
            spec=self.spec,
            checkpoint=done,
            ports=Ports(generator=self, resizer=self, store=self, uploads=self.uploads),
            spending=self,
            spool=self,
            ledger=Ledger(
                entries=list(self.entries.values()),
                repeats=self.repeats,
                searches=self.searches,
                buy_again=self.buy_again,
                bought_again=done.bought_again,
            ),
            rescue=self.rescue,
        )

    def stored_masters(self) -> list[int]:
        """The numbers of the masters that are there with the note that makes a purchase of it: of
        two attempts that overlap, the later one's note counts."""
        return [one.number for one in plan(self.spec) if self._is_stored(one.number)]

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
        self.overrides = wishes.overrides
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
        self,
        key: str,
        content_type: str,
        read: Callable[[], AsyncIterator[bytes]],
        size_bytes: int,
        sha256: str,
    ) -> None:
        fault = self.fault()
        self.before(fault)
        data = b"".join([chunk async for chunk in read()])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size_bytes, sha256)
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

    async def delete(self, key: str) -> None:
        fault = self.fault()
        self.before(fault)
        self.objects.pop(key, None)
        self.after(fault)

    async def save(self, record: GenerationRecord) -> None:
        fault = self.fault()
        self.before(fault)
        self.records[record.generation_id] = record
        self.after(fault)

    async def record(self, owner: str, generation_id: str) -> GenerationRecord:
        self.point()
        if generation_id not in self.records:
            raise GenerationNotFound("There is no such generation.")
        return self.records[generation_id]

    async def add_renditions(
        self, owner: str, generation_id: str, job_id: str, images: Sequence[Rendition]
    ) -> None:
        fault = self.fault()
        self.before(fault)
        if generation_id not in self.records:
            raise GenerationNotFound("There is no such generation.")
        self.added[generation_id, job_id] = tuple(images)
        self.after(fault)

    # Spool: its disk outlives the process

    def is_full(self) -> bool:
        return False

    async def hold(self, parcel: Parcel, chunks: AsyncIterator[bytes]) -> Held:
        data = b"".join([chunk async for chunk in chunks])
        self.dying(before=True)
        self.parcels[parcel.name] = (parcel, data)
        self.dying(before=False)
        return await held(parcel, data)

    async def find(self, job_id: str, master: int, kind: Kind) -> Held | None:
        for parcel, data in self.parcels.values():
            if (parcel.master, parcel.kind) == (master, kind):
                return await held(parcel, data)
        return None

    def forget(self, held: Held) -> None:
        self.parcels.pop(held.parcel.name, None)

    @asynccontextmanager
    async def buffered(
        self, chunks: AsyncIterator[bytes]
    ) -> AsyncIterator[Callable[[], AsyncIterator[bytes]]]:
        data = b"".join([chunk async for chunk in chunks])
        yield lambda: in_chunks(data)

    def dying(self, *, before: bool) -> None:
        """A moment at which nothing can fail but the process."""
        fault = self.fault()
        if fault == ("die before" if before else "die after") or fault in HANGS:
            raise Died

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

    async def intend(self, intent: Intent) -> None:
        assert intent.owner == self.spec.user_id
        fault = self.fault()
        if fault == "fail before":
            raise LeaseLost(JOB)
        self.before(fault)
        key = (intent.master, intent.number)
        assert key not in self.entries, "a number is used twice"
        self.entries[key] = _entry(intent, None)
        self.buy_again = False
        if fault == "fail after":
            raise LeaseLost(JOB)
        self.after(fault)

    def settle(self, intent: Intent, outcome: Outcome, calls: Sequence[ProviderCall]) -> None:
        self.noted.extend(calls)
        fault = self.fault()
        if fault == "die before" or fault in HANGS:
            raise Died
        if fault != "fail before":  # Redis is away until the process is gone
            self.entries[intent.master, intent.number] = _entry(intent, outcome.charge)
        if fault == "die after":
            raise Died


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


async def held(parcel: Parcel, data: bytes) -> Held:
    """Return a parcel that lies in memory."""
    file = SpooledFile(None)
    await file.write(data)
    return Held(parcel=parcel, file=file)


def _entry(intent: Intent, charge: Charge | None) -> Entry:
    return Entry(
        master=intent.master,
        number=intent.number,
        month=intent.month,
        estimate_micros=intent.estimate_micros,
        charge=charge,
    )
