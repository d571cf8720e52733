"""A tiny process between the service and Java, so that Java never outlives the service, however that ends.

Run as a script: `python -I -S guardian.py COMMAND...`, with a pipe on standard input whose other end only the
service holds. At end of file (the service closed it, or is gone: SIGKILL closes it too) or at SIGTERM, Java
is terminated, and killed when it takes longer than GRACE_S. On Linux, Java is also killed by the kernel when
the guardian itself is killed; elsewhere that one case leaves Java running.

It imports nothing but the standard library and writes to standard error only, which is Java's log.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Final

GRACE_S: Final = 3.0
_PR_SET_PDEATHSIG: Final = 1


def main(command: list[str]) -> int:
    """Run `command` until it ends or the service does; returns the status to exit with."""
    wake = _wake_on_signals()
    java = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        close_fds=False,
        preexec_fn=_die_with(os.getpid()),
    )
    print(f"guardian: java is process {java.pid}", file=sys.stderr, flush=True)
    while java.poll() is None:
        ready, _, _ = select.select([0, wake], [], [])
        if 0 in ready and not os.read(0, 1024):
            break
        if wake in ready and signal.SIGTERM in os.read(wake, 1024):
            break
    return _stop(java)


def _wake_on_signals() -> int:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return read


def _die_with(guardian: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)  # loaded before the fork: after it only system calls are safe

    def between_fork_and_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guardian:  # it died before the line above could take effect
            os._exit(1)

    return between_fork_and_exec


def _stop(java: subprocess.Popen[bytes]) -> int:
    if java.poll() is not None:
        print(f"guardian: java ended with status {java.returncode}", file=sys.stderr, flush=True)
        return 1
    java.terminate()
    try:
        java.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        java.kill()
        java.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
