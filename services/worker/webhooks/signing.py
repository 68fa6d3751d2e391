"""The headers of a message by the Standard Webhooks specification."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from services.common.version import VERSION


def signed_headers(message: str, at: float, body: str, secrets: Sequence[str]) -> Mapping[str, str]:
    """Return the headers for `body`, sent at `at` (s since 1970) and signed with each secret."""
    moment = datetime.fromtimestamp(int(at), UTC)
    signatures = (Webhook(secret).sign(message, moment, body) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": f"SnapAsset/{VERSION}",
        "webhook-id": message,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": " ".join(signatures),
    }
