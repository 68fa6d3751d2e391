"""Translates the words of an order into those that GPT image models understand."""

from collections.abc import Collection

_QUALITIES = {"": "medium", "standard": "medium", "hd": "high"}
"""The model's word for a quality of an order, where it differs."""


def quality_of(wanted: str, qualities: Collection[str]) -> str:
    """Return the model's word for a quality of an order, high where it has nothing finer."""
    word = _QUALITIES.get(wanted, wanted)
    return word if word in qualities else "high"
