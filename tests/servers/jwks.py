"""A web server with a set of public keys, as an issuer of tokens has one."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(kw_only=True, slots=True)
class Jwks:
    """What the server says; tests change it."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0

    def publish(self, *keys: Mapping[str, Any]) -> None:
        """Show these keys from now on."""
        self.status, self.body = 200, json.dumps({"keys": keys}).encode()


def public(key: PrivateKey, kid: str, **more: object) -> dict[str, Any]:
    """Return the public half of `key` as a JWK."""
    if isinstance(key, rsa.RSAPrivateKey):
        half = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        half = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    half.pop("key_ops", None)
    return {**half, "kid": kid, **more}


@contextmanager
def running_jwks() -> Iterator[Jwks]:
    """Serve for the length of the block."""
    shown = Jwks()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.asked += 1
            self.send_response(shown.status)
            for name, value in shown.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(shown.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        shown.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
        try:
            yield shown
        finally:
            server.shutdown()
            thread.join()
