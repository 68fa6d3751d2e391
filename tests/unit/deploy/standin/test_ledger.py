"""The ledger as tests of the whole system use it."""

import json

from deploy.local.standin.ledger import Ledger

from .conftest import Standin

GOOD = {"model": "gpt-image-2", "quality": "low", "size": "1024x1024"}


async def test_the_ledger_counts_the_calls_of_a_prompt(standin: Standin) -> None:
    await standin.post({**GOOD, "prompt": "job 1: a boat"})
    await standin.post({**GOOD, "prompt": "job 2: a boat", "quality": "hd"})
    report = await standin.ledger("job 1")
    assert report["counts"] == {
        "calls": 1,
        "images_made": 1,
        "images_sent": 1,
        "outcomes": {"completed": 1},
    }
    assert report["calls"][0]["size"] == "1024x1024"
    assert (await standin.ledger())["counts"]["outcomes"] == {"completed": 1, "invalid_value": 1}


async def test_the_file_has_one_line_per_finished_call(standin: Standin) -> None:
    await standin.post({**GOOD, "prompt": "A boat"})
    await standin.post({**GOOD, "prompt": "A boat", "model": "dall-e-3"})
    lines = [json.loads(line) for line in standin.ledger_file.read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["completed", "model_not_found"]
    assert [line["image_sent"] for line in lines] == [True, False]


async def test_clearing_forgets_calls_and_heals_counts_but_keeps_the_file(
    standin: Standin,
) -> None:
    body = {**GOOD, "prompt": "A boat [standin: fail=server_error times=1]"}
    assert [(await standin.post(body))[0] for _ in range(2)] == [500, 200]
    async with standin.http.delete(f"{standin.address}/standin/ledger") as response:
        assert response.status == 204
    assert (await standin.ledger())["counts"]["calls"] == 0
    assert (await standin.post(body))[0] == 500
    assert len(standin.ledger_file.read_text().splitlines()) == 3


def test_the_ledger_keeps_only_the_latest_calls() -> None:
    ledger = Ledger(calls_max=2)
    for number in range(3):
        ledger.close(ledger.open(f"req_{number}", {"prompt": str(number)}), "completed")
    assert [call["prompt"] for call in ledger.report()["calls"]] == ["1", "2"]
