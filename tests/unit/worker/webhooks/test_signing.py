"""The public library verifies what we sign."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.jobs.webhooks.values import new_secret
from services.worker.webhooks.signing import signed_headers

BODY = '{"type":"job.completed","data":{"prompt":"“naïve” 🦊"}}'


def test_each_of_the_secrets_verifies_the_message() -> None:
    secrets = [new_secret(), new_secret()]
    headers = signed_headers("msg_1", time.time(), BODY, secrets)
    for secret in secrets:
        assert Webhook(secret).verify(BODY, dict(headers))["type"] == "job.completed"
    assert headers["webhook-id"] == "msg_1"


@pytest.mark.parametrize("sent", [BODY.replace("completed", "failed"), f"{BODY} "])
def test_another_body_is_no_message_of_ours(sent: str) -> None:
    secret = new_secret()
    headers = signed_headers("msg_1", time.time(), BODY, [secret])
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(sent, dict(headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, dict(headers))
