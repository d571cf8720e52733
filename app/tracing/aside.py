"""Waiting for something that blocks, but not longer than one wants to."""

import asyncio
import contextlib
import threading
from collections.abc import Callable


async def aside(work: Callable[[], object], seconds: float | None = None) -> bool:
    """Does it in a thread of its own. False when it was not done after so many seconds: then it is left to itself.

    The event loop's own threads are waited for when it closes, however long they take; this one ends with the process.
    Whatever `work` raises is reported as every thread's error is, on standard error, and counts as done.
    """
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def run() -> None:
        try:
            work()
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(done.set)

    threading.Thread(target=run, name="telemetry", daemon=True).start()
    try:
        await asyncio.wait_for(done.wait(), seconds)
    except TimeoutError:
        return False
    return True
