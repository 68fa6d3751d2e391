"""What a client may make Envoy hold, and for how long: per stream, connection and process."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.common.process_settings import TracingSettings
from services.common.setting_checks import not_negative, positive
from services.common.settings import setting

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_WITHOUT_LIMIT_BYTES = 1024**3
_HEAP_SHARE = 0.85
"""The rest is for what the heap does not count: code, the kernel's buffers of sockets, and the
program that starts Envoy."""


def _window(value: int) -> str | None:
    return None if 65_535 <= value < 2**31 else "must be 65535 to 2147483647, as HTTP/2 wants it"


def _streams(value: int) -> str | None:
    return None if 1 <= value < 2**31 else "must be 1 to 2147483647"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientLimits(TracingSettings):
    """The bounds on what one client, and all of them together, can tie up."""

    max_body_bytes: int = setting(
        "ENVOY_MAX_BODY_BYTES",
        "longest body of a request; Envoy holds it until it is complete",
        default=65_536,
        check=positive,
    )
    body_seconds: int = setting(
        "ENVOY_BODY_SECONDS",
        "how long a request may take to arrive, body included",
        default=15,
        check=positive,
    )
    upload_seconds: int = setting(
        "ENVOY_UPLOAD_SECONDS",
        "the same for a file that is uploaded; longer than the gateway's UPLOAD_SECONDS, whose "
        "error is clearer",
        default=390,
        check=positive,
    )
    buffer_bytes: int = setting(
        "ENVOY_BUFFER_BYTES",
        "how much of a stream, and of an HTTP/1.1 connection, waits in each direction before "
        "Envoy reads no further",
        default=65_536,
        check=_window,
    )
    connection_streams: int = setting(
        "ENVOY_CONNECTION_STREAMS",
        "how many calls and open streams one HTTP/2 connection carries at once; a proxy that "
        "needs more opens another",
        default=100,
        check=_streams,
    )
    max_streams: int = setting(
        "ENVOY_MAX_STREAMS",
        "how many calls and open streams Envoy carries at once",
        default=20_000,
        check=positive,
    )
    max_connections: int = setting(
        "ENVOY_MAX_CONNECTIONS",
        "how many clients may be connected at once",
        default=25_000,
        check=positive,
    )
    download_seconds: int = setting(
        "ENVOY_DOWNLOAD_SECONDS",
        "how long an image or a page may take to be fetched",
        default=60,
        check=positive,
    )
    memory_bytes: int = setting(
        "ENVOY_MEMORY_BYTES",
        "memory that Envoy may take; when it runs short, the greediest streams are reset and "
        "new work is refused; 0: the limit of its container, 1 GiB where it has none",
        default=0,
        check=not_negative,
    )

    @property
    def heap_bytes(self) -> int:
        """How large Envoy's heap may become."""
        return int((self.memory_bytes or container_limit_bytes(_CGROUP_LIMITS)) * _HEAP_SHARE)


def container_limit_bytes(files: Iterable[Path]) -> int:
    """Return the memory that the kernel gives this container, from the first file that says."""
    for file in files:
        try:
            text = file.read_text().strip()
        except OSError:
            continue
        if text.isdigit() and int(text) < 2**60:  # cgroup v1 writes a huge number for no limit
            return int(text)
    return _WITHOUT_LIMIT_BYTES
