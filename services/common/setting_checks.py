"""What a setting's value must be, beyond its type: each returns what is wrong, or None."""

from collections.abc import Callable


def header_value(value: str) -> str | None:
    """Check for secrets that travel in a header: a pasted one may contain invisible characters."""
    fine = all("!" <= character <= "~" for character in value)
    return None if fine else "must contain visible ASCII characters only: copy it again"


def positive(value: float) -> str | None:
    """Check for settings that count or measure something."""
    return None if value > 0 else "must be positive"


def web_address(value: str) -> str | None:
    """Check for settings that are a web address, or empty."""
    fine = not value or value.startswith(("http://", "https://"))
    return None if fine else "must begin with http:// or https://"


def not_negative(value: float) -> str | None:
    """Check for settings that may be zero."""
    return None if value >= 0 else "must not be negative"


def port_number(value: int) -> str | None:
    """Check for the port of a server; 0 means a free one."""
    return None if 0 <= value < 65536 else "must be a port, 0 to 65535"


def one_of(*choices: str) -> Callable[[str], str | None]:
    """Check for settings with a fixed list of values."""
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}"
