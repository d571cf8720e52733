"""Which process may use which cores, so that a server's neighbours are the same for all."""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cores:
    """`server` is the core of the server that is measured, `others` are for the load and the database. Both are empty
    where a process cannot be kept to a core, or there is only one."""

    server: frozenset[int]
    others: frozenset[int]

    @property
    def pinned(self) -> bool:
        """Whether they are kept apart."""
        return bool(self.server)

    def keep_servers(self, pids: Iterable[int]) -> None:
        """They share the server's core, one of them at a time."""
        _keep(pids, self.server)

    def keep_others(self, pids: Iterable[int]) -> None:
        """They leave the server's core alone."""
        _keep(pids, self.others)

    def release(self, pids: Iterable[int]) -> None:
        """They may use all cores again, and so may those that they start."""
        _keep(pids, self.server | self.others)


def cores() -> Cores:
    """The last core that this process may use, and the others."""
    if sys.platform != "linux":
        return Cores(frozenset(), frozenset())
    *others, last = sorted(os.sched_getaffinity(0))
    return Cores(frozenset({last}), frozenset(others)) if others else Cores(frozenset(), frozenset())


def _keep(pids: Iterable[int], allowed: frozenset[int]) -> None:
    """All their threads; those that these start inherit it."""
    if sys.platform != "linux" or not allowed:
        return
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.sched_setaffinity(int(thread.name), allowed)
