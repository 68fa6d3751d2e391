"""Keeps what purchases have brought, in the spool and in storage, where a later attempt finds it.

What is paid for can be lost only between the provider's answer and the spool: the generator
verifies the image and streams it here, chunk by chunk, onto the worker's disk. Nothing else comes
in between, neither a call to Redis nor a wait for a lease, and an attempt that is stopped in the
meantime still receives it (`rescue.py`). From the spool it goes to storage, facts first, however
long that takes, and a later attempt finds it in either, even without a checkpoint.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any, cast

from services.common.assets import Purchase
from services.common.errors import ObjectNotFound
from services.jobs.checkpoint import stored
from services.jobs.codec import purchase_from_json
from services.leaves.purchases import Delivery, UnreadAnswer
from services.worker.pipeline.ports import Spool, Store
from services.worker.spool.parcel import Kind, Parcel
from services.worker.spool.spool import Held


def master_parcel(
    folder: str, job_id: str, master: int, purchase: int, delivery: Delivery, origin: str
) -> Parcel:
    """Return the parcel of a bought image."""
    # Its name comes from its content: should a worker that was thought dead store another one
    # late, that cannot take the place of the one that the checkpoint means.
    key = f"{folder}master-{master}-{delivery.facts.sha256[:16]}"
    bought = Purchase(
        master=stored("master", key, delivery.facts),
        model=delivery.model,
        revised_prompt=delivery.revised_prompt,
        number=master,
        origin=origin,
        provider=delivery.provider,
    )
    return Parcel(
        job_id=job_id,
        master=master,
        purchase=purchase,
        kind=Kind.MASTER,
        key=key,
        content_type=delivery.facts.content_type,
        size_bytes=delivery.facts.size_bytes,
        sha256=delivery.facts.sha256,
        note_key=_note_key(folder, Kind.MASTER, master),
        note=asdict(bought),
    )


def answer_parcel(
    folder: str, job_id: str, master: int, purchase: int, answer: UnreadAnswer
) -> Parcel:
    """Return the parcel of an answer that was paid for and contains no readable image."""
    key = f"{folder}answer-{master}-{answer.sha256[:16]}"
    return Parcel(
        job_id=job_id,
        master=master,
        purchase=purchase,
        kind=Kind.ANSWER,
        key=key,
        content_type="application/octet-stream",  # the provider may claim any media type
        size_bytes=answer.size_bytes,
        sha256=answer.sha256,
        note_key=_note_key(folder, Kind.ANSWER, master),
        note=_answer_note(key, answer),
    )


async def keep(store: Store, spool: Spool, held: Held) -> None:
    """Put what the spool holds into storage, facts first: no stored object is ever unexplained."""
    parcel = held.parcel
    await _put_note(store, parcel.note_key, parcel.note_bytes)
    await store.put(parcel.key, parcel.content_type, held.read, parcel.size_bytes, parcel.sha256)
    spool.forget(held)


async def keep_as_answer(
    store: Store, folder: str, master: int, key: str, answer: UnreadAnswer
) -> None:
    """Make what is stored as a master an answer: in this order, it is never without a note."""
    note = json.dumps(_answer_note(key, answer)).encode()
    await _put_note(store, _note_key(folder, Kind.ANSWER, master), note)
    await store.delete(_note_key(folder, Kind.MASTER, master))


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswer:
    """An answer in storage, under `key`, that was paid for and contains no readable image."""

    answer: UnreadAnswer
    key: str


async def find_kept(store: Store, folder: str, master: int) -> Purchase | KeptAnswer | None:
    """Return what earlier purchases of this master have brought into storage: an image before an
    answer without one."""
    image, answer = (_note_key(folder, kind, master) for kind in (Kind.MASTER, Kind.ANSWER))
    notes = await _read_notes(store, image, answer)
    if (note := notes.get(image)) and await _is_there(store, _key_in(note)):
        return purchase_from_json(dict(note), master)
    if (note := notes.get(answer)) and await _is_there(store, _key_in(note)):
        return KeptAnswer(answer=UnreadAnswer(**note["answer"]), key=_key_in(note))
    return None


async def is_kept(store: Store, parcel: Parcel) -> bool:
    """Return whether storage has what a purchase of the parcel's master has brought."""
    note = (await _read_notes(store, parcel.note_key)).get(parcel.note_key)
    return note is not None and await _is_there(store, _key_in(note))


def purchase_of(parcel: Parcel) -> Purchase:
    """Return the purchase that has brought an image."""
    return purchase_from_json(dict(parcel.note), parcel.master)


def _note_key(folder: str, kind: Kind, master: int) -> str:
    return f"{folder}{'purchase' if kind is Kind.MASTER else 'answer'}-{master}.json"


def _answer_note(key: str, answer: UnreadAnswer) -> Mapping[str, Any]:
    return {"key": key, "answer": asdict(answer)}


async def _put_note(store: Store, key: str, note: bytes) -> None:
    sha256 = hashlib.sha256(note).hexdigest()
    await store.put(key, "application/json", lambda: _one(note), len(note), sha256)


def _key_in(note: Mapping[str, Any]) -> str:
    """Return where the object is that a note tells of."""
    return str(note["master"]["key"] if "master" in note else note["key"])


async def _read_notes(store: Store, *keys: str) -> Mapping[str, Mapping[str, Any]]:
    return {key: json.loads(note) for key, note in (await store.read(keys)).items()}


async def _is_there(store: Store, key: str) -> bool:
    try:
        async with aclosing(cast(Any, store.get(key))) as chunks:
            await anext(chunks, None)
    except ObjectNotFound:
        return False
    return True


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data
