"""Runs one gRPC server: health, reflection, TLS, interceptors and a clean stop."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import grpc
import uvloop
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from services.common.callers import known_callers
from services.common.health_port import answering_probes
from services.common.interceptors import AroundInterceptor, request_log, speak_errors
from services.common.logs import set_up_logs
from services.common.process_settings import ProcessSettings, ServerSettings
from services.common.reading import ReadingInterceptor
from services.common.reflection import offer_reflection
from services.common.refusal import CannotStart as CannotStart
from services.common.settings import SettingsError, load
from services.common.telemetry import Telemetry, open_telemetry
from services.common.tls import server_credentials

logger = logging.getLogger(__name__)

P = TypeVar("P", bound=ProcessSettings)

Registration = tuple[Callable[[Any, grpc.aio.Server], None], Any]
"""A generated `add_…Servicer_to_server` function and the servicer to add."""

SERVER_OPTIONS: Sequence[tuple[str, int]] = (
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.max_concurrent_streams", 20_000),
    # As much as Envoy lets through, so that a token that is too long is answered by us.
    ("grpc.max_metadata_size", 64 * 1024),
    ("grpc.absolute_max_metadata_size", 64 * 1024),
    # A stream is read ahead by the 64 KiB of HTTP/2, so that a hundred uploads at once stay small:
    # left to probe, gRPC takes half a megabyte of each.
    ("grpc.http2.bdp_probe", 0),
)


def main(
    service: str, settings_class: type[P], run: Callable[[P, Telemetry], Awaitable[None]]
) -> None:
    """Load the settings, set up logs and telemetry, and await `run`: the body of a `__main__`."""
    try:
        settings = load(settings_class)
    except SettingsError as error:
        raise SystemExit(f"{service} cannot start: {error}") from None
    set_up_logs(service, settings.log_level, settings.log_format)
    try:
        uvloop.run(_run(service, settings, run))
    except CannotStart as error:
        raise SystemExit(f"{service} cannot start: {error}") from None


async def _run(service: str, settings: P, run: Callable[[P, Telemetry], Awaitable[None]]) -> None:
    async with open_telemetry(service, settings) as telemetry:
        await run(settings, telemetry)


async def serve(
    settings: ServerSettings,
    port: int,
    registrations: Iterable[Registration],
    interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
    draining: Callable[[], None] = lambda: None,
    telemetry: Telemetry | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT: not serving → drain → `draining()` → stop within the grace.

    `interceptors` run inside the request log and the error interceptor. `draining` asks
    long-lived streams to end. Raises CannotStart when the port is taken.
    """
    stop = stop_requested()
    serving = running(settings, port, registrations, interceptors, draining, telemetry)
    async with serving as bound:
        logger.info("Listening on %s:%d", settings.host, bound)
        spare_what_stays()
        await stop


def spare_what_stays() -> None:
    """Keep the garbage collector from going through all that a process has loaded by now.

    A full collection would stop everything for 50 ms, again and again, and find nothing there.
    """
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def running(
    settings: ServerSettings,
    port: int,
    registrations: Iterable[Registration],
    interceptors: Sequence[grpc.aio.ServerInterceptor] = (),
    draining: Callable[[], None] = lambda: None,
    telemetry: Telemetry | None = None,
) -> AsyncIterator[int]:
    """Run a server for the length of the block and yield its port, a free one when `port` is 0."""
    log = request_log(telemetry or Telemetry())
    arounds = [log, speak_errors]
    if settings.demands_certificates:
        arounds.append(known_callers(settings.allowed_callers))
    ours = [AroundInterceptor(*arounds), ReadingInterceptor()]
    server = grpc.aio.server(interceptors=[*ours, *interceptors], options=_options(settings))
    names = [health_pb2.DESCRIPTOR.services_by_name["Health"].full_name]
    for add, servicer in registrations:
        add(servicer, server)
        names += _services_of(servicer)
    health = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)  # type: ignore[no-untyped-call]
    offer_reflection(server, names)
    bound = _bind(server, settings, port)
    await server.start()
    for name in ("", *names):
        await health.set(name, health_pb2.HealthCheckResponse.SERVING)
    async with answering_probes(settings, health):
        try:
            yield bound
        finally:
            await health.enter_graceful_shutdown()
            await asyncio.sleep(settings.drain_seconds)
            draining()
            await server.stop(settings.grace_seconds)


def _options(settings: ServerSettings) -> Sequence[tuple[str, int]]:
    # Unless the port is held for us, a taken one must be an error: shared, it would cost us
    # half of the calls.
    options = (*SERVER_OPTIONS, ("grpc.so_reuseport", int(settings.reuse_port)))
    if not settings.connection_age_seconds:
        return options
    age_ms = round(settings.connection_age_seconds * 1000)
    return (*options, ("grpc.max_connection_age_ms", age_ms))


def registration(servicer: Any) -> Registration:
    """Return the function that adds a servicer to a server."""
    base = next(_contracts_of(servicer))
    return getattr(sys.modules[base.__module__], f"add_{base.__name__}_to_server"), servicer


def _services_of(servicer: Any) -> list[str]:
    """Return the full names of the services that a servicer implements."""
    return [
        f"{base.__module__.rsplit('.', 1)[0]}.{base.__name__.removesuffix('Servicer')}"
        for base in _contracts_of(servicer)
    ]


def _contracts_of(servicer: Any) -> Iterator[type]:
    """Yield the generated classes that a servicer implements."""
    return (base for base in type(servicer).__mro__ if base.__module__.endswith("_pb2_grpc"))


def _bind(server: grpc.aio.Server, settings: ServerSettings, port: int) -> int:
    address = f"{settings.host}:{port}"
    if (settings.tls_cert_file is None) != (settings.tls_key_file is None):
        raise CannotStart("TLS_CERT_FILE and TLS_KEY_FILE must be set together")
    try:
        credentials = server_credentials(settings)
        if credentials is None:
            return server.add_insecure_port(address)
        return server.add_secure_port(address, credentials)
    except OSError as error:
        raise CannotStart(f"a TLS file cannot be read: {error}") from error
    except RuntimeError as error:
        raise CannotStart(
            f"{address} cannot be bound; stop the program that holds it or set another port"
        ) from error


def stop_requested() -> Awaitable[None]:
    """Return what ends at the next SIGTERM or SIGINT; later ones are ignored."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def wait() -> None:
        await stop.wait()
        logger.info("Stopping")

    return asyncio.ensure_future(wait())
