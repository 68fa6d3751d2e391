"""Stays beside Envoy: `python -m deploy.envoy.keeper ADMIN_SOCKET DRAIN_SECONDS GRACE_SECONDS ...`.

Left alone, Envoy drops all connections at SIGTERM. We have it drain: it goes on answering, but says
that it is not ready, and each answer asks the client to reconnect, which by then leads to another
Envoy; at last it takes no new connections. What is still open after the grace period, for example a
job's stream, is cut, and its client connects again.

It imports next to nothing, for it waits as long as Envoy runs.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence

LEAVING = frozenset({signal.SIGTERM, signal.SIGINT})
"""They ask us to end."""

_ACTIVE = "http.public.downstream_rq_active"
_LOOK_SECONDS = 0.1


def kept(
    command: Sequence[str],
    admin_socket: os.PathLike[str],
    *,
    drain_seconds: int,
    grace_seconds: int,
) -> list[str]:
    """Return what runs Envoy by `command`, beside which it stays. LEAVING may wait, blocked."""
    words = [str(admin_socket), str(drain_seconds), str(grace_seconds)]
    return [sys.executable, "-S", "-m", __name__, *words, *command]


def main() -> int:
    """Run Envoy and return its exit code, as a shell would."""
    admin_socket, drain_seconds, grace_seconds, *command = sys.argv[1:]
    signal.signal(signal.SIGCHLD, lambda *_: None)  # by default nobody is told of it
    signal.pthread_sigmask(signal.SIG_BLOCK, {*LEAVING, signal.SIGCHLD})
    # A session of its own: signals for us must not reach it before we have done our part.
    pid = os.posix_spawn(command[0], command, os.environ, setsid=True, setsigmask=())
    expected = {*LEAVING, signal.SIGCHLD}
    while (code := _code_of(pid)) is None:
        if signal.sigwait(expected) in LEAVING:
            _drain(admin_socket, int(drain_seconds), int(grace_seconds))
            os.kill(pid, signal.SIGTERM)
            expected = {signal.SIGCHLD}
    return code if code >= 0 else 128 - code


def _code_of(envoy: int) -> int | None:
    """Return Envoy's exit code, None while it runs.

    Reaps every orphan, too, that we inherit as the first process of a container.
    """
    while True:
        dead, status = os.waitpid(-1, os.WNOHANG)
        if dead == envoy:
            return os.waitstatus_to_exitcode(status)
        if not dead:
            return None


def _drain(admin_socket: str, drain_seconds: int, grace_seconds: int) -> None:
    """Return when all calls have ended or the grace is over; at once if Envoy does not answer."""
    import http.client

    from deploy.envoy.admin import ask

    began = time.monotonic()
    try:
        ask(admin_socket, "POST", "/healthcheck/fail")
        ask(admin_socket, "POST", "/drain_listeners?graceful&inboundonly")
        while (passed := time.monotonic() - began) < drain_seconds or (
            passed < drain_seconds + grace_seconds
            and f"{_ACTIVE}: 0" not in ask(admin_socket, "GET", f"/stats?filter=^{_ACTIVE}$")
        ):
            time.sleep(_LOOK_SECONDS)
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"Envoy cannot be drained: {error!r}\n")


if __name__ == "__main__":
    sys.exit(main())
