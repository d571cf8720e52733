"""All segments of a scan at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

R = TypeVar("R")


async def read_all(
    segments: int, pages: Callable[[int], AsyncIterator[Sequence[R]]], consume: Callable[[Sequence[R]], Awaitable[None]]
) -> None:
    """Hands every page of every segment to `consume`, as they come. The first failure ends the rest and is raised."""

    async def read(segment: int) -> None:
        async for page in pages(segment):
            await consume(page)

    try:
        async with asyncio.TaskGroup() as group:
            for segment in range(segments):
                group.create_task(read(segment))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures
