"""Runs a command that dies with the process that started it, however that one dies.

`python tether.py PARENT_PID COMMAND ...`; becomes the command. Linux only, elsewhere it just runs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):  # it died before we asked
        sys.exit(1)
try:
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - this is the point
except OSError as error:
    sys.exit(f"{sys.argv[2]}: {error.strerror}; run `make setup`")
