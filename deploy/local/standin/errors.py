"""The one error that the API raises, and its JSON in OpenAI's shape."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A reply other than 2xx."""

    def __init__(
        self,
        *,
        status: int,
        message: str,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def body(self) -> dict[str, Any]:
        """`{"error": {...}}` as OpenAI sends it."""
        error = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": {**error, **self.extra}}


def bad_value(param: str, message: str, code: str = "invalid_value") -> ApiError:
    """A 400 about one parameter."""
    return ApiError(status=400, message=message, param=param, code=code)
