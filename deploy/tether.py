"""Ties a command to the process that starts it: `[*TETHER, "redis-server", ...]`.

However that process dies, the command dies with it. Linux only; elsewhere the command just runs.
"""

import os
import sys

TETHER = [sys.executable, "-IS", __file__, str(os.getpid())]

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the command after PARENT_PID: `python tether.py PARENT_PID COMMAND ...`."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(sys.argv[1]):  # it died before we asked
            sys.exit(1)
    try:
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - this is the point
    except OSError as error:
        sys.exit(f"{sys.argv[2]}: {error.strerror}; run `make setup`")


if __name__ == "__main__":
    main()
