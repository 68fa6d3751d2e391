"""Runs Envoy, and lets its clients go first when it is to end: `python -m deploy.envoy -c FILE`.

Envoy itself drops all connections at SIGTERM. We have it drain: it answers on, but each answer asks
the client to connect anew, to another Envoy by then; at last it takes no new connections. What is
still open after the grace, a job's stream for example, is cut, and its client connects again.
"""

import http.client
import signal
import subprocess
import sys
import threading
import time

from deploy.envoy.settings import EnvoySettings
from deploy.local.process import TETHER
from services.common.settings import SettingsError, load

_ACTIVE = "http.public.downstream_rq_active"
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 5.0


def main() -> int:
    """Run Envoy with the arguments of this program, and return its exit code."""
    try:
        settings = load(EnvoySettings)
    except SettingsError as error:
        raise SystemExit(f"Envoy cannot start: {error}") from None
    wake = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wake.set())
    draining = ["--drain-time-s", str(settings.drain_seconds), "--drain-strategy", "immediate"]
    command = [*TETHER, "envoy", *sys.argv[1:], "--disable-hot-restart", *draining]
    # A group of its own: signals for us must not reach it before we have done our part.
    envoy = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own arguments
    threading.Thread(target=_wait, args=(envoy, wake), daemon=True).start()
    wake.wait()
    if envoy.poll() is None:
        _drain(settings)
        envoy.terminate()
    return envoy.wait()


def _wait(envoy: "subprocess.Popen[bytes]", wake: threading.Event) -> None:
    envoy.wait()
    wake.set()


def _drain(settings: EnvoySettings) -> None:
    """Return when all calls have ended, or after the grace; at once when Envoy does not answer."""
    began = time.monotonic()
    try:
        _ask(settings, "POST", "/drain_listeners?graceful")
        while (passed := time.monotonic() - began) < settings.drain_seconds or (
            passed < settings.drain_seconds + settings.grace_seconds
            and f"{_ACTIVE}: 0" not in _ask(settings, "GET", f"/stats?filter=^{_ACTIVE}$")
        ):
            time.sleep(_LOOK_SECONDS)
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"Envoy cannot be drained: {error!r}\n")


def _ask(settings: EnvoySettings, method: str, path: str) -> str:
    admin = http.client.HTTPConnection("127.0.0.1", settings.admin_port, timeout=_PATIENCE_SECONDS)
    try:
        admin.request(method, path)
        return admin.getresponse().read().decode()
    finally:
        admin.close()


if __name__ == "__main__":
    sys.exit(main())
