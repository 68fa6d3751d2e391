"""How a process says that it will not start."""


class CannotStart(Exception):
    """The process cannot start; the message says why and what to do, in one sentence."""
