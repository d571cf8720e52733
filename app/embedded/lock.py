"""A lock file that a killed process cannot leave locked.

It is a `flock`: the kernel drops it when the last process that has the descriptor open is gone. A descriptor
passed to a child therefore keeps the lock for as long as the child lives, whatever became of the parent.
"""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

POLL_S: Final = 0.05


def lock(path: Path, *, wait_s: float, clock: Callable[[], float] = time.monotonic) -> int | None:
    """Lock `path` (made when missing), waiting `wait_s` seconds at most; None when somebody else has it.

    Returns an open descriptor: closing it, here and in every child that has it, unlocks. Blocks the thread.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    deadline = clock() + wait_s
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor
            except BlockingIOError:
                if clock() >= deadline:
                    os.close(descriptor)
                    return None
            time.sleep(POLL_S)
    except BaseException:
        os.close(descriptor)
        raise
