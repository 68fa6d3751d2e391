"""Runs a service as a process of its own, that can be killed and whose memory can be read."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from services.common.process_settings import ServerSettings


@contextmanager
def service_process(
    name: str, settings: ServerSettings
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `python -m services.NAME` with these settings; gives the process and its port."""
    told = {item.metadata["env"]: getattr(settings, item.name) for item in fields(settings)}
    environ = {
        **os.environ,
        **{env: _text(value) for env, value in told.items() if value is not None},
        f"{name.upper()}_PORT": "0",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", f"services.{name}"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # Somebody must read the log on, or the process waits when the pipe is full.
        reader = threading.Thread(target=process.stdout.read)
        try:
            listening = next(line for line in process.stdout if "Listening on" in line)
            reader.start()
            yield process, int(json.loads(listening)["message"].rpartition(":")[2])
        finally:
            process.kill()
            if reader.is_alive():
                reader.join()


def _text(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
