"""One channel to the API: where it is, who calls, and how a call is made."""

import asyncio
import uuid
from collections.abc import Callable
from typing import TypeVar

import grpc
from grpc.aio import UnaryUnaryMultiCallable as Method

from .addresses import Origin
from .errors import SnapAssetError, from_rpc
from .headers import header
from .patience import Patience

Metadata = tuple[tuple[str, str], ...]
Request = TypeVar("Request")
Response = TypeVar("Response")
TokenSource = str | Callable[[], str] | None

_OPTIONS = (
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 3_000),
)


def _open(api: Origin, tls: grpc.ChannelCredentials | None) -> grpc.aio.Channel:
    """Open a channel to the API, with TLS if its address is https or `tls` is given."""
    # The environment's proxy is for an API elsewhere, never for one on this machine.
    options = (*_OPTIONS, ("grpc.enable_http_proxy", int(not api.is_local)))
    if tls is None and api.scheme != "https":
        return grpc.aio.insecure_channel(api.target, options)
    return grpc.aio.secure_channel(api.target, tls or grpc.ssl_channel_credentials(), options)


class Connection:
    """Makes calls with credentials, a deadline and a request id, which errors carry."""

    def __init__(
        self,
        api: Origin,
        tls: grpc.ChannelCredentials | None,
        *,
        token: TokenSource,
        api_key: str | None,
        patience: Patience,
    ) -> None:
        self.channel = _open(api, tls)
        self.patience = patience
        self._api = api
        self._token = token
        self._api_key = api_key

    def failed(self, failure: grpc.aio.AioRpcError, request_id: str) -> SnapAssetError:
        """Return the error that a failed call stands for."""
        return from_rpc(failure, request_id, str(self._api))

    def metadata(self, request_id: str) -> Metadata:
        """Return credentials and request id. Raises SnapAssetError."""
        token = self._token() if callable(self._token) else self._token
        return (
            ("x-request-id", request_id),
            *((header("authorization", f"Bearer {token}", "token"),) if token else ()),
            *((header("x-api-key", self._api_key, "API key"),) if self._api_key else ()),
        )

    async def unary(
        self,
        method: Method[Request, Response],
        request: Request,
        *,
        repeatable: bool = True,
        also: Metadata = (),
        wait_seconds: int = 0,
    ) -> Response:
        """Return the answer to one call, tried again as Patience allows. Raises SnapAssetError.

        The API may wait for `wait_seconds` before it answers.
        """
        if wait_seconds:
            also = (*also, ("prefer", f"wait={wait_seconds}"))
        failures = 0
        while True:
            try:
                return await self._once(method, request, also, wait_seconds)
            except SnapAssetError as error:
                failures += 1
                pause = self.patience.pause_before(error, failures, repeatable=repeatable)
                if pause is None or failures >= self.patience.attempts:
                    raise
            await asyncio.sleep(pause)

    async def _once(
        self,
        method: Method[Request, Response],
        request: Request,
        also: Metadata,
        wait_seconds: int,
    ) -> Response:
        request_id = new_request_id()
        metadata = (*self.metadata(request_id), *also)
        timeout = self.patience.timeout_seconds + wait_seconds
        try:
            return await method(request, timeout=timeout, metadata=metadata)
        except grpc.aio.AioRpcError as failure:
            raise self.failed(failure, request_id) from failure


def new_request_id() -> str:
    """Return an id that the API's logs and errors will carry too."""
    return str(uuid.uuid4())
