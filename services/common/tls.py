"""TLS between our processes, with certificates from files that may be renewed at any time."""

import logging
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import grpc

from services.common.process_settings import ProcessSettings

logger = logging.getLogger(__name__)


class TlsFiles:
    """A key, its certificate and an authority as PEM files, each of which may be absent.

    `key`, `certificate` and `authority` are what they contained when they were last read whole.
    """

    def __init__(self, settings: ProcessSettings) -> None:
        """Read the files. Raises OSError."""
        self._files = (settings.tls_key_file, settings.tls_cert_file, settings.tls_ca_file)
        self._seen = self._look()
        self.key, self.certificate, self.authority = map(_read, self._files)

    def renewed(self) -> bool:
        """Read the files again if they have changed; False leaves everything as it was.

        Files that cannot be read or do not fit together are left alone until they change again:
        somebody is in the middle of replacing them.
        """
        try:
            seen = self._look()
            if seen == self._seen:
                return False
            self._seen = seen
            found = [_read(file) for file in self._files]
            self._check()
        except (OSError, ssl.SSLError) as error:
            logger.warning("A TLS file cannot be used, so the previous one stays: %s", error)
            return False
        known = [self.key, self.certificate, self.authority]
        self.key, self.certificate, self.authority = found
        return found != known

    def _look(self) -> Sequence[tuple[int, int, int]]:
        """Return what changes with a file: cheap enough for every call."""
        states = [file.stat() for file in self._files if file]
        return [(state.st_ino, state.st_mtime_ns, state.st_size) for state in states]

    def _check(self) -> None:
        """Raise SSLError unless the key is the certificate's."""
        key, certificate, _ = self._files
        if key and certificate:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)


def channel_credentials(files: TlsFiles) -> grpc.ChannelCredentials:
    """Return a client's credentials as the files are now."""
    return grpc.ssl_channel_credentials(files.authority, files.key, files.certificate)


def server_credentials(settings: ProcessSettings) -> grpc.ServerCredentials | None:
    """Return a server's credentials, None for plain gRPC. Raises OSError.

    With TLS_CA_FILE, only clients with a certificate from that authority get in. The files are
    looked at for each new connection, so renewed ones take effect at once.
    """
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    files = TlsFiles(settings)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        return _configuration(files) if files.renewed() else None

    demanding = settings.tls_ca_file is not None
    # None means "unchanged", which the stubs do not know.
    return grpc.dynamic_ssl_server_credentials(_configuration(files), cast(Any, renewed), demanding)


def _configuration(files: TlsFiles) -> grpc.ServerCertificateConfiguration:
    pair = (files.key or b"", files.certificate or b"")
    return grpc.ssl_server_certificate_configuration([pair], files.authority)


def _read(file: Path | None) -> bytes | None:
    return file.read_bytes() if file else None
