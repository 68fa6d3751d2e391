"""Which addresses a webhook may have, as far as that shows before its name is resolved.

The sender checks again what the name resolves to, and connects to just that.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from services.common.web.networks import Network, is_public, is_within

_URI = re.compile(r"(?:[\w.~:/?#\[\]@!$&'()*+,;=\\-]|%[0-9A-Fa-f]{2})*", re.ASCII)  # RFC 3986
_LABELS = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})*\.?", re.ASCII)
_LOCAL_ZONES = ("localhost", "local", "internal")


def address_mistake(url: str, also: Sequence[Network]) -> str:
    """Return what is wrong with an address, "" when nothing is. `also` are the networks that the
    operator allows besides the internet; only they may be called without TLS."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "has a host or a port that cannot be read"
    if parts.scheme not in (("https", "http") if also else ("https",)):
        return "must begin with https://"
    if "@" in parts.netloc or "\\" in url:
        return "must have no user name and no password in it"
    if not host or port == 0:
        return "must name a host"
    if not _URI.fullmatch(url):
        return "must be plain ASCII: write other characters as %xx, and a host's as xn--"
    if "#" in url:
        return "must have no fragment (#...): it is never sent"
    return _host_mistake(host, also)


def _host_mistake(host: str, also: Sequence[Network]) -> str:
    with suppress(ValueError):
        fine = is_public(host) or is_within(host, also)
        return "" if fine else "must be at a public address"
    if not _LABELS.fullmatch(host):
        return "must name a host by letters, digits, hyphens and dots"
    return "" if also or _may_be_public(host.removesuffix(".")) else "must be at a public host"


def _may_be_public(name: str) -> bool:
    """Return whether the internet may know a name. Its last label begins with a letter: others, as
    in 127.1, are addresses to the systems that resolve them."""
    _, dot, zone = name.rpartition(".")
    return bool(dot) and zone[:1].isalpha() and zone not in _LOCAL_ZONES
