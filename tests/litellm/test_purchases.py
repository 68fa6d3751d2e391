"""Behind LiteLLM's proxy each job pays for one image, and what is uncertain is in the books."""

from collections.abc import Mapping

import pytest

from tests.litellm.trials import SHOPS, TRIALS, End

Ends = Mapping[tuple[str, str], End]

each_trial = pytest.mark.parametrize(
    ("shop", "name"), [(shop, name) for shop in SHOPS for name in SHOPS[shop].trials]
)


def asked(shop: str, name: str) -> int:
    """Return how often an image is asked for."""
    return 1 + SHOPS[shop].uncertain_purchases if TRIALS[name].uncertain else 1


@each_trial
def test_a_job_ends_as_it_should(ends: Ends, shop: str, name: str) -> None:
    done, code = ends[shop, name].done, TRIALS[name].code
    assert done["status"] == ("failed" if code else "completed")
    assert done.get("error", {}).get("code") == code


@each_trial
def test_what_is_charged_is_bought_once_and_what_may_be_is_bought_as_often_as_allowed(
    ends: Ends, shop: str, name: str
) -> None:
    charged, most = ends[shop, name].ledger["counts"]["images_made"], TRIALS[name].charged
    if TRIALS[name].uncertain:
        assert charged <= most * asked(shop, name)
    else:
        assert charged == most


@each_trial
def test_every_purchase_is_in_the_books(ends: Ends, shop: str, name: str) -> None:
    trial, usage = TRIALS[name], ends[shop, name].usage
    bought, lost = (0, asked(shop, name)) if trial.uncertain else (trial.charged, 0)
    assert usage["calls"] == asked(shop, name)
    assert (usage["images"], usage["uncertain"]) == (bought, lost)
    assert (usage["estimatedCostUsd"] > 0, usage["uncertainCostUsd"] > 0) == (bought > 0, lost > 0)


@each_trial
def test_no_stream_is_asked_of_a_server_that_has_not_proven_to_stream(
    ends: Ends, shop: str, name: str
) -> None:
    assert not any(call["stream"] for call in ends[shop, name].ledger["calls"])
