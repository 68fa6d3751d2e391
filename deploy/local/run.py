"""Runs SnapAsset in the foreground until Ctrl-C: `python -m deploy.local.run`."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from deploy.local.forks import fork_server
from deploy.local.settings import LocalSettings
from deploy.local.stack import Stack, running_stack
from services.common.serve import CannotStart
from services.common.settings import SettingsError, load

TRY_IT = """
SnapAsset is ready at http://localhost:{port}

A token for 24 hours (user-123):
{token}

Try it:
curl -s http://localhost:{port}/api/jobs -H 'Content-Type: application/json' \\
  -H 'Authorization: Bearer {token}' \\
  -d '{{"userId":"user-123","prompt":"A lighthouse in a storm","platforms":["instagram-post"]}}'

"""
READY = TRY_IT + "Ctrl-C stops it. Logs are in {logs}.\n"


def main() -> None:
    """Start, say so, and wait for a signal."""
    interrupt_on_signals()
    try:
        settings = load(LocalSettings)
        with (
            fork_server() as forks,
            running_stack(settings.folder, port=settings.port, show=show, forks=forks) as stack,
        ):
            show_ready(stack, settings.folder / "log")
            threading.Event().wait()
    except KeyboardInterrupt:
        show("stack", "Stopped.")
    except (CannotStart, SettingsError) as error:
        raise SystemExit(f"SnapAsset cannot start: {error}.") from None


def interrupt_on_signals() -> None:
    """Make SIGTERM and SIGHUP end the program like Ctrl-C: through every `finally`."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)  # the first one stops us; later ones are ignored
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupt)


def show(name: str, line: str) -> None:
    """Print one line of a process; Envoy's access log stays in its file."""
    if name == "envoy" and line.startswith("{"):
        return
    sys.stdout.write(f"{name:>9} | {line}\n")
    sys.stdout.flush()


def show_ready(stack: Stack, logs: Path) -> None:
    """Print where the stack is and how to use it."""
    sys.stdout.write(READY.format(port=stack.port, token=stack.token(), logs=logs))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
