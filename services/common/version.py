"""The version of the software, as pyproject.toml has it."""

VERSION = "0.2.0"
