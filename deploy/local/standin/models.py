"""The image models that OpenAI serves as of November 2026, and those that it has shut down."""

from typing import Any

from deploy.local.standin.errors import ApiError

PLAIN = ("low", "medium", "high", "auto")
FINE = ("low", "medium", "high", "xhigh", "max", "auto")
QUALITIES = {
    "gpt-image-2": PLAIN,
    "gpt-image-2-2026-04-21": PLAIN,
    "gpt-image-2.5-sunburst": FINE,
    "gpt-image-2.5-sunburst-2026-09-08": FINE,
    "gpt-image-2.5-flare": FINE,
    "gpt-image-2.5-flare-2026-09-08": FINE,
    "gpt-image-2.6-sunburst": FINE,
    "gpt-image-2.6-flare": FINE,
}
RETIRED = {
    "dall-e-2": "May 12, 2026",
    "dall-e-3": "May 12, 2026",
    "gpt-image-1": "October 23, 2026",
    "gpt-image-1-mini": "December 1, 2026",
    "gpt-image-1.5": "December 1, 2026",
    "chatgpt-image-latest": "December 1, 2026",
}
# output tokens of a 1024-pixel square
TOKENS = {"low": 272, "medium": 1056, "high": 4160, "xhigh": 6240, "max": 8320}


def require_model(name: str) -> None:
    """Raises a 404 `model_not_found` unless the model is live."""
    if name in QUALITIES:
        return
    message = f"The model '{name}' does not exist or you do not have access to it."
    if name in RETIRED:
        message = (
            f"The model '{name}' has been deprecated and was shut down on {RETIRED[name]}. "
            "Use gpt-image-2.5-sunburst or gpt-image-2.5-flare instead."
        )
    raise ApiError(status=404, message=message, param="model", code="model_not_found")


def model_list() -> dict[str, Any]:
    """The reply of `GET /v1/models`."""
    models = [
        {"id": name, "object": "model", "created": 1788825600, "owned_by": "snapasset-standin"}
        for name in QUALITIES
    ]
    return {"object": "list", "data": models}
