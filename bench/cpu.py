"""CPU time of another process."""

import sys
import time

# Linux names another process's clock by a number that is made of its id; this kind counts user and system time of all
# its threads, in nanoseconds: /proc/<pid>/stat counts hundredths of a second, as long as several requests.
_SCHEDULED = 2


def cpu_seconds(pid: int) -> float | None:
    """User and system time of the process so far, all its threads included; None where it cannot be read: elsewhere
    than on Linux, or when there is no such process."""
    if sys.platform != "linux":
        return None
    try:
        return time.clock_gettime(~pid << 3 | _SCHEDULED)
    except OSError:
        return None


def cpu_between(before: float | None, after: float | None) -> float | None:
    """What was spent from one reading to the next."""
    return None if before is None or after is None else after - before
