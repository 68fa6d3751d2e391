"""Calls Envoy's admin pages on their Unix socket."""

import http.client
import os
import socket

_PATIENCE_SECONDS = 5.0


def ask(admin_socket: str | os.PathLike[str], method: str, path: str) -> str:
    """Return the text of a page. Raises OSError and HTTPException."""
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_PATIENCE_SECONDS)
        one.connect(os.fspath(admin_socket))
        admin = http.client.HTTPConnection("localhost")
        admin.sock = one
        admin.request(method, path)
        return admin.getresponse().read().decode()
