"""Runs a command and says what it took, with every process that it left behind; Linux.

Words: where the answer goes (JSON), seconds until what is left behind is killed, seconds until
the command itself is, and the command. Standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tracking_processes import descendants

_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    answer, grace_s, limit_s = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    # Orphans become children of this process, which can then count and end them.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    pid = subprocess.Popen(sys.argv[4:]).pid
    cpu_s, wall_s, status, is_late = 0.0, 0.0, 0, False
    deadline = began + limit_s
    while True:
        try:
            found, code, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        now = time.perf_counter()
        if found:
            cpu_s += used.ru_utime + used.ru_stime
            if found == pid:
                wall_s, status, deadline = now - began, code, now + grace_s
        elif now > deadline:
            is_late |= not wall_s
            for left in descendants(os.getpid()):
                with suppress(ProcessLookupError):
                    os.kill(left, signal.SIGKILL)
            time.sleep(0.01)
        else:
            time.sleep(0.0005)
    code = os.waitstatus_to_exitcode(status)
    said = {"wall_s": wall_s, "cpu_s": cpu_s, "code": code, "is_late": is_late}
    answer.write_text(json.dumps(said))


if __name__ == "__main__":
    main()
