"""`kickbacks`, which on SIGUSR1 adds a line to a file: how many tasks and objects it has; on SIGUSR2 when it has looked
for garbage.

`python -m bench.soak.inside serve --port N`; the file is named by the environment.
"""

import asyncio
import gc
import os
import signal
from types import FrameType

import msgspec

from app.cli.main import main

FILE = "SOAK_FILE"


class Held(msgspec.Struct, frozen=True):
    """`objects` are those that Python's search for garbage knows: since the start, what is there to stay excepted.
    `garbage` is what could not be freed."""

    tasks: int
    objects: int
    garbage: int


def _tell(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGUSR2:
        gc.collect()
    held = Held(len(asyncio.all_tasks()), len(gc.get_objects()), len(gc.garbage))
    line = os.open(os.environ[FILE], os.O_WRONLY | os.O_APPEND)
    try:
        os.write(line, msgspec.json.encode(held) + b"\n")
    finally:
        os.close(line)


if __name__ == "__main__":
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, _tell)
    main()
