"""`kickbacks serve` with a profiler that SIGUSR1 switches on. SIGUSR2 switches it off and writes what it saw to a file.

A program of its own that knows nothing of this package, so that it can run another version's `app`: whichever comes
first in PYTHONPATH. Arguments: the file, then those of `kickbacks serve`.
"""

import cProfile
import os
import signal
import sys
import time
from typing import Any

from app.cli.main import main as kickbacks


class Switch:
    """One profile from each SIGUSR1 to the next SIGUSR2, in CPU time of this thread, which nobody else can lengthen."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._profile = cProfile.Profile(time.thread_time)

    def on(self, *_: Any) -> None:
        """Called by a signal."""
        self._profile = cProfile.Profile(time.thread_time)
        self._profile.enable()

    def off(self, *_: Any) -> None:
        """Called by a signal. The file is there at once or not at all."""
        self._profile.disable()
        self._profile.dump_stats(f"{self._path}.new")
        os.replace(f"{self._path}.new", self._path)


if __name__ == "__main__":
    switch = Switch(sys.argv[1])
    signal.signal(signal.SIGUSR1, switch.on)
    signal.signal(signal.SIGUSR2, switch.off)
    sys.argv = ["kickbacks", "serve", *sys.argv[2:]]
    kickbacks()
