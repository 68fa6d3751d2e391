"""Opens channels to other services and gives every call its deadline, request id and trace."""

import json
from typing import TypedDict

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions

from services.common import context
from services.common.process_settings import ProcessSettings
from services.common.renewing_channel import RenewingChannel
from services.common.tls import TlsFiles, channel_credentials

CHUNK_BYTES = 256 * 1024
"""The size of the chunks we send; the contracts allow up to 1 MiB."""


class CallOptions(TypedDict):
    """Keyword arguments passed with every call of a stub."""

    timeout: float
    metadata: tuple[tuple[str, str], ...]


def call_options(timeout_seconds: float) -> CallOptions:
    """Return a call's deadline, request id and trace: `stub.Get(request, **call_options(5))`."""
    known = context.request_id.get() or context.new_request_id()
    metadata: tuple[tuple[str, str], ...] = ((context.REQUEST_ID_KEY, known),)
    if parent := context.traceparent.get():
        metadata += ((context.TRACEPARENT_KEY, parent),)
    return {"timeout": timeout_seconds, "metadata": metadata}


def open_channel(
    target: str, settings: ProcessSettings, service: ServiceDescriptor | None = None
) -> grpc.aio.Channel:
    """Open a channel to `target` that spreads calls over all addresses its name resolves to.

    With TLS_CA_FILE it speaks TLS, and takes renewed files for the calls that begin then.

    When the peer is UNAVAILABLE, gRPC itself retries the calls of `service` that the contract
    declares idempotent: at most 3 attempts within the call's deadline.
    """
    options = (
        # A proxy set in the environment leads outside, never to one of our own processes.
        ("grpc.enable_http_proxy", 0),
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 5_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 3_000),
        ("grpc.service_config", _service_config(service)),
    )
    if settings.tls_ca_file is None:
        return grpc.aio.insecure_channel(target, options)

    def open_anew(files: TlsFiles) -> grpc.aio.Channel:
        return grpc.aio.secure_channel(target, channel_credentials(files), options)

    return RenewingChannel(TlsFiles(settings), open_anew)


def _service_config(service: ServiceDescriptor | None) -> str:
    retry = {
        "maxAttempts": 3,
        "initialBackoff": "0.1s",
        "maxBackoff": "1s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    names = [
        {"service": method.containing_service.full_name, "method": method.name}
        for method in (service.methods if service else ())
        if method.GetOptions().idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
    ]
    methods = [{"name": names, "retryPolicy": retry}] if names else []
    return json.dumps({"loadBalancingConfig": [{"round_robin": {}}], "methodConfig": methods})
