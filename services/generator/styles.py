"""Words that an order adds to its prompt: no model that we know has an option for them."""

from services.generator.orders import Order

_STYLES = {
    "": "",
    "vivid": "Style: vivid and dramatic, with rich colours, strong light and crisp detail.",
    "natural": "Style: natural and restrained, with true-to-life colours, light and textures.",
}
"""The words that are added to the prompt for each style."""

_EXTENDING = (
    "The middle of the picture is finished. Continue it seamlessly to all edges of the canvas: the "
    "same scene, light and style, without a frame and without repeating the subject."
)
"""The words that are added where a picture is to be continued beyond its edges."""


def prompt_of(order: Order) -> str:
    """Return the prompt for the model. Raises KeyError for an unknown style."""
    words = (order.prompt, _STYLES[order.style], _EXTENDING if order.extends else "")
    return "\n\n".join(filter(None, words))
