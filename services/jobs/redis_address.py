"""The forms of REDIS_URL: one server, or a primary that Sentinels know.

`redis+sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/SERVICE/DB` names the Sentinels, the service
as they call it, and the credentials of its servers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_ONE_SERVER = ("redis", "rediss", "unix")
_SENTINELS = {"redis+sentinel": False, "rediss+sentinel": True}
"""By scheme, whether servers and Sentinels are reached by TLS."""

_SENTINEL_PORT = 26379
_MAY_BE_SET = frozenset({"sentinel_username", "sentinel_password"})
_FORM = "redis+sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/SERVICE/DB"


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """What a server wants to know of its clients; None: nothing."""

    username: str | None = None
    password: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SentinelAddress:
    """A primary by the name that its Sentinels know it by."""

    sentinels: Sequence[tuple[str, int]]
    service: str
    db: int
    tls: bool
    login: Login
    sentinel_login: Login


class _Wrong(ValueError):
    """What must be otherwise in an address, in words that tell nothing of its secrets."""


def redis_address(value: str) -> str | None:
    """Check for settings that say where Redis is."""
    scheme = _scheme(value)
    try:
        if scheme in _SENTINELS:
            _read(value)
        elif scheme not in _ONE_SERVER:
            schemes = ", ".join(f"{one}://" for one in (*_ONE_SERVER, *_SENTINELS))
            return f"must begin with one of {schemes}"
        elif scheme != "unix":
            _ = urlsplit(value).port
    except _Wrong as wrong:
        return f"must have the form {_FORM}: {wrong}"
    except ValueError:  # its text may have a part of the password
        return "must be a URL; a password's /, @, : and ? are written as %2F, %40, %3A and %3F"
    return None


def sentinel_address(url: str) -> SentinelAddress | None:
    """Return what a URL says of Sentinels, None if it names a server itself. Raises ValueError."""
    return _read(url) if _scheme(url) in _SENTINELS else None


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def _read(url: str) -> SentinelAddress:
    # Not by urlsplit: it knows one host, and since Python 3.14 takes no IPv6 address among several.
    authority, _, rest = url.partition("://")[2].partition("/")
    credentials, _, hosts = authority.rpartition("@")
    path, _, query = rest.partition("?")
    service, _, db = path.partition("/")
    if not service:
        raise _Wrong("the service is missing")
    if not (db or "0").isdecimal():
        raise _Wrong("DB must be a whole number")
    options = _options(query)
    username, _, password = credentials.partition(":")
    return SentinelAddress(
        sentinels=list(_hosts(hosts)),
        service=unquote(service),
        db=int(db or "0"),
        tls=_SENTINELS[_scheme(url)],
        login=_login(unquote(username), unquote(password)),
        sentinel_login=_login(
            options.get("sentinel_username", ""), options.get("sentinel_password", "")
        ),
    )


def _hosts(text: str) -> Iterator[tuple[str, int]]:
    for one in text.split(","):
        split = urlsplit(f"//{one.strip()}")
        if not split.hostname:
            raise _Wrong("a Sentinel's host is missing")
        yield split.hostname, split.port or _SENTINEL_PORT


def _options(query: str) -> Mapping[str, str]:
    given = {name: values[-1] for name, values in parse_qs(query).items()}
    if given.keys() - _MAY_BE_SET:
        raise _Wrong(f"after the ? only {' and '.join(sorted(_MAY_BE_SET))} can be set")
    return given


def _login(username: str, password: str) -> Login:
    return Login(username=username or None, password=password or None)
