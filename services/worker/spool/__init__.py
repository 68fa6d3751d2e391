"""Keeps what is paid for on the worker's own disk until storage has it."""
