"""Connections tried from inside a pod, by the Python that it has."""

import json
from collections.abc import Iterable

from tests.cluster.nodes.installed import Installed

Target = tuple[str, str, int]
"""What it is called, its address and a port."""

_TRIES_AT_ONCE = 32
_PROGRAM = f"""
import json, socket
from concurrent.futures import ThreadPoolExecutor

def opens(target):
    try:
        socket.create_connection(target[1:], 2).close()
        return True
    except OSError:
        return False

targets = [tuple(target) for target in json.loads(%r)]
with ThreadPoolExecutor({_TRIES_AT_ONCE}) as pool:
    print(json.dumps(list(pool.map(opens, targets))))
"""
_SECONDS = 120


def reached(installed: Installed, pod: str, targets: Iterable[Target]) -> set[tuple[str, int]]:
    """Return name and port of those targets that the pod can connect to."""
    tried = list(targets)
    program = _PROGRAM % json.dumps(tried)
    said = installed.kubectl("exec", pod, "--", "python3", "-c", program, seconds=_SECONDS)
    opened: list[bool] = json.loads(said)
    return {(name, port) for (name, _, port), yes in zip(tried, opened, strict=True) if yes}
