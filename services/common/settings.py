"""Reads settings from the environment: the only module that touches it."""

import os
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

S = TypeVar("S")


class SettingsError(Exception):
    """At least one setting is wrong or missing; the message names all of them."""


def setting(
    env: str,
    help: str,  # noqa: A002 - the word that every option library uses
    *,
    default: Any = MISSING,
    check: "Callable[[Any], str | None] | None" = None,
    secret: bool = False,
) -> Any:
    """Declare a dataclass field that is read from the environment variable `env`.

    `help` is its line in the settings table. `check` returns what the value must be ("must be
    positive"), or None when it is fine. Without a default the variable is required. A `secret`
    may come from a file instead, named by the variable with `_FILE` added, and is shown in no
    message.
    """
    facts = {"env": env, "help": help, "check": check, "secret": secret}
    return field(default=default, metadata=facts)


def load(cls: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Build the settings dataclass `cls` from the environment.

    A class may have a method `complaints()` that returns what is wrong with the settings in
    combination. Raises SettingsError naming every wrong or missing variable at once.
    """
    environ = os.environ if environ is None else environ
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for item in fields(cls):  # type: ignore[arg-type]
        try:
            values[item.name] = _read(item, hints[item.name], environ)
        except ValueError as error:
            mistakes.append(str(error))
            values[item.name] = item.default
    loaded = cls(**values)
    if MISSING not in values.values():
        mistakes += getattr(loaded, "complaints", tuple)()
    if mistakes:
        raise SettingsError("; ".join(mistakes))
    return loaded


def _read(item: "Field[Any]", kind: Any, environ: Mapping[str, str]) -> Any:
    env, secret = item.metadata["env"], item.metadata["secret"]
    text = environ.get(env, "").strip()
    if secret and (file := environ.get(f"{env}_FILE", "").strip()):
        text = _read_secret(env, text, file)
    if not text:
        if item.default is MISSING:
            raise ValueError(f"{env} is missing: {item.metadata['help']}")
        return item.default
    value = _parse(env, text, kind)
    complaint = item.metadata["check"] and item.metadata["check"](value)
    if complaint:
        raise ValueError(f"{env} {complaint}" if secret else f"{env} {complaint}, got {text}")
    return value


def _read_secret(env: str, text: str, file: str) -> str:
    if text:
        raise ValueError(f"{env} and {env}_FILE are both set; keep one")
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{env}_FILE cannot be read: {file}") from None


def _parse(env: str, text: str, kind: Any) -> Any:
    if get_origin(kind) in (types.UnionType, Union):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    parse, wanted = _PARSERS[kind]
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise ValueError(f'{env} must be {wanted}, got "{text}"') from None


_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "a text"),
    int: (int, "a whole number"),
    float: (float, "a number"),
    bool: (lambda text: _SWITCH[text.lower()], "true or false"),
    Path: (Path, "a path"),
}
