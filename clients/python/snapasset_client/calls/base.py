"""What all operations of the client share."""

from ..connection import Connection


class Calls:
    """Operations over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ask = connection.unary
