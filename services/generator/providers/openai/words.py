"""Turns the words of an order into those that GPT image models understand."""

from collections.abc import Collection

_QUALITIES = {"": "medium", "standard": "medium", "hd": "high"}
"""The model's word for a quality of an order, where it is another one."""

_STYLES = {
    "": "",
    "vivid": "Style: vivid and dramatic, with rich colours, strong light and crisp detail.",
    "natural": "Style: natural and restrained, with true-to-life colours, light and textures.",
}
"""The words added for each style, because GPT image models refuse the option itself."""


def quality_of(wanted: str, qualities: Collection[str]) -> str:
    """Return the model's word for a quality of an order: high where it knows nothing finer."""
    word = _QUALITIES.get(wanted, wanted)
    return word if word in qualities else "high"


def prompt_of(prompt: str, style: str) -> str:
    """Return the prompt that the model is given. Raises KeyError for an unknown style."""
    return f"{prompt}\n\n{_STYLES[style]}".strip()
