"""Ties a command to the process that starts it: `tethered("redis-server", ...)`.

However that process dies, the command dies with it. Linux only; elsewhere the command just runs.
"""

import os
import sys

_PR_SET_PDEATHSIG = 1


def tethered(*command: str) -> list[str]:
    """Return what starts `command` so that it dies with this process."""
    return [sys.executable, "-IS", __file__, str(os.getpid()), *command]


def main() -> None:
    """Become the command after PARENT_PID: `python tether.py PARENT_PID COMMAND ...`."""
    if sys.platform == "linux":
        die_with(int(sys.argv[1]))
    try:
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - this is the point
    except OSError as error:
        sys.exit(f"{sys.argv[2]}: {error.strerror}; run `make setup`")


def die_with(parent: int) -> None:
    """Tie this process to its parent; exit if that has died already. Linux only."""
    import ctypes
    import signal

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
