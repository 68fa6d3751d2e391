"""Runs a service as a process of its own, that can be killed and whose memory can be read."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from deploy.local.forks import Child, ForkServer, start
from services.common.process_settings import ServerSettings


@contextmanager
def service_process(
    name: str, settings: ServerSettings, forks: ForkServer | None = None
) -> Iterator[tuple[Child, int]]:
    """Run `python -m services.NAME` with these settings; gives the process and its port."""
    told = {item.metadata["env"]: getattr(settings, item.name) for item in fields(settings)}
    environ = {
        **os.environ,
        **{env: _text(value) for env, value in told.items() if value is not None},
        f"{name.upper()}_PORT": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    read, write = os.pipe()
    with os.fdopen(read) as lines:
        with os.fdopen(write, "wb") as output:
            process = start([sys.executable, "-m", f"services.{name}"], environ, output, forks)
        # Somebody must read the log on, or the process waits when the pipe is full.
        reader = threading.Thread(target=lines.read)
        try:
            listening = next(line for line in lines if "Listening on" in line)
            reader.start()
            yield process, int(json.loads(listening)["message"].rpartition(":")[2])
        finally:
            process.kill()
            process.wait()
            if reader.is_alive():
                reader.join()


def _text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
