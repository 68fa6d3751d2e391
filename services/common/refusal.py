"""How a process says that it will not start."""


class CannotStart(Exception):
    """The process can't begin its work; the message says why and what to do, in one sentence."""
