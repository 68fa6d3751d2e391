"""What the receiver of webhooks counts as untold or untrue."""

from types import SimpleNamespace

import pytest

from tests.chaos.receiver import WebhookReceiver

ANSWERS = {
    "one": SimpleNamespace(status="completed"),
    "two": SimpleNamespace(status="cancelled"),
}
TRUE = {"one": [("msg_1", "completed")] * 2, "two": [("msg_2", "cancelled")]}


def test_each_end_told_once_or_again_under_its_id_is_well() -> None:
    receiver = WebhookReceiver(told=TRUE)
    assert (receiver.untold(ANSWERS), receiver.untrue(ANSWERS), receiver.messages) == (0, 0, 3)


def test_an_end_that_was_not_told_is_counted() -> None:
    assert WebhookReceiver(told={"one": TRUE["one"]}).untold(ANSWERS) == 1


@pytest.mark.parametrize(
    "receiver",
    [
        WebhookReceiver(told=TRUE, forged=1),
        WebhookReceiver(told={**TRUE, "two": [("msg_2", "completed")]}),
        WebhookReceiver(told={**TRUE, "two": [("msg_2", "cancelled"), ("msg_3", "cancelled")]}),
        WebhookReceiver(told={**TRUE, "two": [("msg_2", "cancelled"), ("msg_2", "failed")]}),
    ],
)
def test_what_is_forged_or_false_or_has_a_second_id_is_untrue(receiver: WebhookReceiver) -> None:
    assert receiver.untrue(ANSWERS) == 1
