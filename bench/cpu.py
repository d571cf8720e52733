"""CPU time of another process."""

import os
from pathlib import Path


def cpu_seconds(pid: int) -> float | None:
    """User and system time of the process so far, all its threads included; None where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    # The second field is the program's name in parentheses and may hold spaces; utime and stime are the 14th and 15th.
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_between(before: float | None, after: float | None) -> float | None:
    """What was spent from one reading to the next."""
    return None if before is None or after is None else after - before
