"""Turns the options of the API guide into what today's image models understand."""

QUALITIES = {
    "": "medium",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "auto": "auto",
    "standard": "medium",
    "hd": "high",
}
"""The model's quality for each quality of a request; the last two are the guide's own."""

STYLES = {
    "": "",
    "vivid": "Style: vivid and dramatic, with rich colours, strong light and crisp detail.",
    "natural": "Style: natural and restrained, with true-to-life colours, light and textures.",
}
"""The words added for each style, because GPT image models refuse the option itself."""


def revised_prompt(prompt: str, style: str) -> str:
    """Return the prompt that the model is given. Raises KeyError for an unknown style."""
    return f"{prompt}\n\n{STYLES[style]}".strip()
