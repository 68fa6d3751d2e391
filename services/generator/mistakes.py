"""The one error for an order that cannot be met as it is."""

from services.common.errors import FieldMistake, InvalidRequest


def mistake(field: str, words: str) -> InvalidRequest:
    """Return the error for one mistaken field; `words` say what it must be."""
    return InvalidRequest(f"{field} {words}.", fields=[FieldMistake(field, words)])
