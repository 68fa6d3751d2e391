"""Words for the styles of an order: no model that we know has an option for style."""

_STYLES = {
    "": "",
    "vivid": "Style: vivid and dramatic, with rich colours, strong light and crisp detail.",
    "natural": "Style: natural and restrained, with true-to-life colours, light and textures.",
}
"""The words that are added to the prompt for each style."""


def prompt_of(prompt: str, style: str) -> str:
    """Return the prompt for the model. Raises KeyError for an unknown style."""
    return f"{prompt}\n\n{_STYLES[style]}".strip()
