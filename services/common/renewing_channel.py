"""A channel that presents renewed certificates, which gRPC's own reads only once."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc

from services.common.tls import TlsFiles

_LAST_CALLS_SECONDS = 900.0
"""How long calls of a channel that has been replaced may go on: longer than any call takes."""


class RenewingChannel(grpc.aio.Channel):
    """Opens a new gRPC channel when its files have changed; calls in flight end on the old one."""

    def __init__(self, files: TlsFiles, open_anew: Callable[[TlsFiles], grpc.aio.Channel]) -> None:
        self._files = files
        self._open_anew = open_anew
        self._channel = open_anew(files)
        self._leaving: dict[grpc.aio.Channel, asyncio.Task[None]] = {}

    @property
    def current(self) -> grpc.aio.Channel:
        """The channel for a call that begins now."""
        if self._files.renewed():
            old, self._channel = self._channel, self._open_anew(self._files)
            leaving = asyncio.ensure_future(old.close(_LAST_CALLS_SECONDS))
            self._leaving[old] = leaving
            leaving.add_done_callback(lambda _: self._leaving.pop(old, None))
        return self._channel

    def unary_unary(self, *args: Any, **kwargs: Any) -> Any:
        """Return what calls an rpc of this kind."""
        return _Callable(self, lambda channel: channel.unary_unary(*args, **kwargs))

    def unary_stream(self, *args: Any, **kwargs: Any) -> Any:
        """Return what calls an rpc of this kind."""
        return _Callable(self, lambda channel: channel.unary_stream(*args, **kwargs))

    def stream_unary(self, *args: Any, **kwargs: Any) -> Any:
        """Return what calls an rpc of this kind."""
        return _Callable(self, lambda channel: channel.stream_unary(*args, **kwargs))

    def stream_stream(self, *args: Any, **kwargs: Any) -> Any:
        """Return what calls an rpc of this kind."""
        return _Callable(self, lambda channel: channel.stream_stream(*args, **kwargs))

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """Return the state of the channel for new calls."""
        return self.current.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Wait until the channel for new calls has another state."""
        await self.current.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Wait until the channel for new calls is connected."""
        await self.current.channel_ready()

    async def close(self, grace: float | None = None) -> None:
        """Close everything, replaced channels too."""
        for leaving in self._leaving.values():
            leaving.cancel()
        every = (self._channel, *self._leaving)
        await asyncio.gather(*(channel.close(grace) for channel in every))

    async def __aenter__(self) -> "RenewingChannel":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Callable:
    """Calls one rpc on the channel of the moment."""

    def __init__(
        self, renewing: RenewingChannel, prepare: Callable[[grpc.aio.Channel], Any]
    ) -> None:
        self._renewing = renewing
        self._prepare = prepare
        self._channel = renewing.current
        self._call = prepare(self._channel)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        channel = self._renewing.current
        if channel is not self._channel:
            self._channel, self._call = channel, self._prepare(channel)
        return self._call(*args, **kwargs)
