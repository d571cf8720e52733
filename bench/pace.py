"""Keeping a fixed number of requests under way for a fixed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

GRACE_SECONDS = 30.0

Worker = Callable[[], Awaitable[int]]
"""Does one request and returns how much that was; 0 when there is nothing left to do."""


async def closed_loop(workers: Sequence[Worker], seconds: float) -> tuple[int, float]:
    """Runs every worker again and again; returns how much was done, and how long it took, the last answer included.

    Raises TimeoutError when an answer is still missing GRACE_SECONDS after the end.
    """
    started = time.perf_counter()
    deadline = started + seconds

    async def repeat(worker: Worker) -> int:
        done = 0
        while time.perf_counter() < deadline:
            amount = await worker()
            if amount == 0:
                break
            done += amount
        return done

    try:
        async with asyncio.timeout(seconds + GRACE_SECONDS), asyncio.TaskGroup() as group:
            tasks = [group.create_task(repeat(worker)) for worker in workers]
    except ExceptionGroup as failures:  # the first one says enough
        raise failures.exceptions[0] from failures
    return sum(task.result() for task in tasks), time.perf_counter() - started
