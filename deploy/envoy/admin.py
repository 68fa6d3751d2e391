"""Calls Envoy's admin pages on their Unix socket."""

import http.client
import socket
from pathlib import Path

_PATIENCE_SECONDS = 5.0


def ask(admin_socket: Path, method: str, path: str) -> str:
    """Return the text of a page. Raises OSError and HTTPException."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_PATIENCE_SECONDS)
        one.connect(str(admin_socket))
        admin = http.client.HTTPConnection("localhost")
        admin.sock = one
        admin.request(method, path)
        return admin.getresponse().read().decode()
