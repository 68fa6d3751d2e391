"""The REST surface as the demo uses it: JSON, server-sent events and images."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SILENCE_SECONDS = 40
"""Longer than the pause between two heartbeats of a stream."""


class RestError(Exception):
    """The API did not do what was asked; the message says why, in one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """One API and one caller."""

    port: int
    token: str

    def json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Return the answer to one request. Raises RestError unless it is a success."""
        with self._answer(method, path, body) as answer:
            shown: dict[str, Any] = json.loads(answer.read())
            return shown

    def bytes(self, path: str) -> tuple[str, bytes]:
        """Return media type and content of what is at `path`."""
        with self._answer("GET", path) as answer:
            return answer.headers["content-type"], answer.read()

    def events(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the events of a stream until it ends."""
        with self._answer("GET", path) as answer:
            for line in answer:
                if line.startswith(b"data:"):
                    yield json.loads(line[5:])

    @contextmanager
    def _answer(
        self, method: str, path: str, body: object = None
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SILENCE_SECONDS)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            if answer.status >= 300:
                raise RestError(_why(answer))
            yield answer
        except (OSError, http.client.HTTPException) as error:
            raise RestError(f"{method} {path} got no answer: {error!r}") from error
        finally:
            connection.close()


def _why(answer: http.client.HTTPResponse) -> str:
    try:
        body = json.loads(answer.read())
        return f"{body['message']} ({body['code']}, request {body['requestId']})"
    except (ValueError, KeyError):
        return f"HTTP {answer.status}"
