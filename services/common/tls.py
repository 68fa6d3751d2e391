"""TLS between our processes, with certificates from files."""

import logging
from pathlib import Path
from typing import Any, cast

import grpc

from services.common.process_settings import ProcessSettings

logger = logging.getLogger(__name__)


def channel_credentials(settings: ProcessSettings) -> grpc.ChannelCredentials | None:
    """Return a client's credentials, None for plain gRPC. Raises OSError.

    They are read once: a process picks up its renewed certificate only when it restarts.
    """
    if settings.tls_ca_file is None:
        return None
    return grpc.ssl_channel_credentials(
        settings.tls_ca_file.read_bytes(),
        _read(settings.tls_key_file),
        _read(settings.tls_cert_file),
    )


def server_credentials(settings: ProcessSettings) -> grpc.ServerCredentials | None:
    """Return a server's credentials, None for plain gRPC. Raises OSError.

    With TLS_CA_FILE, only clients with a certificate from that authority get in. The files are
    read again for each new connection, so renewed ones take effect at once.
    """
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    files = (settings.tls_key_file, settings.tls_cert_file, settings.tls_ca_file)
    known = [_read(file) for file in files]

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal known
        try:
            found = [_read(file) for file in files]
        except OSError as error:
            logger.warning("A TLS file cannot be read, so the previous one stays in use: %s", error)
            return None
        if found == known:
            return None
        known = found
        return _configuration(found)

    demanding = settings.tls_ca_file is not None
    # None means "unchanged", which the stubs do not know.
    return grpc.dynamic_ssl_server_credentials(_configuration(known), cast(Any, renewed), demanding)


def _configuration(parts: list[bytes | None]) -> grpc.ServerCertificateConfiguration:
    key, certificate, authority = parts
    return grpc.ssl_server_certificate_configuration([(key or b"", certificate or b"")], authority)


def _read(file: Path | None) -> bytes | None:
    return file.read_bytes() if file else None
