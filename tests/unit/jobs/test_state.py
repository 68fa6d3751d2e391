import re
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

from services import jobs
from services.common.assets import ProviderCall
from services.jobs.checkpoint import Checkpoint
from services.jobs.state import State, changes, read_state
from tests.unit.jobs.shop import BOUGHT, FAILURE, IMAGE, RESULT

LUA = Path(jobs.__file__).parent / "lua"
CALL = ProviderCall(
    request_id="req-1",
    model="gpt-image-2",
    outcome="ok",
    input_tokens=10,
    output_tokens=1000,
    stand_in=False,
)
FULL = State(
    owner="ada",
    attempts=2,
    refusals=3,
    progress=40,
    message="Painting “Ada”",
    sequence=7,
    lease="token",
    next_run_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
    failure=FAILURE,
    result=RESULT,
    checkpoint=Checkpoint(purchases=[BOUGHT], images={"instagram-post": IMAGE}, calls=[CALL]),
    images=(IMAGE,),
    request_id="request-1",
    traceparent="00-1-2-01",
    gives_way=True,
    batch="batch-1",
    key="importer",
    answer="snapasset:idempotency:ada:key",
    cut_off=True,
    buy_again=True,
)


def hashed(written: dict[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in written.items()}


def test_a_state_survives_the_way_through_redis() -> None:
    written, _ = changes(None, FULL)
    assert read_state(hashed(written)) == FULL
    assert set(written) == {one.name for one in fields(State)}, "FULL lacks a field"


def test_only_what_has_changed_is_written_and_what_was_emptied_is_deleted() -> None:
    after = replace(FULL, progress=50, lease="", failure=None, cut_off=False)
    assert changes(FULL, after) == ({"progress": "50"}, ["lease", "failure", "cut_off"])


def test_a_new_state_has_its_counts_and_nothing_that_is_empty() -> None:
    written, deleted = changes(None, State(owner="ada"))
    counts = dict.fromkeys(("attempts", "refusals", "progress", "sequence"), "0")
    assert (written, deleted) == ({"owner": "ada", **counts}, [])


def test_a_hash_of_an_earlier_or_a_later_version_is_read() -> None:
    raw = {b"owner": b"ada", b"attempts": b"1", b"sequence": b"3", b"from the future": b"?"}
    assert read_state(raw) == State(owner="ada", attempts=1, sequence=3)


def test_scripts_name_no_field_that_the_state_does_not_have() -> None:
    named = set()
    for path in LUA.rglob("*.lua"):
        text = path.read_text()
        named |= set(re.findall(r"'H(?:GET|SET|DEL|INCRBY)', state, '(\w+)'", text))
    assert {"lease", "sequence"} <= named <= {one.name for one in fields(State)}
