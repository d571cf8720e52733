"""Only waiting counts: on a clock that the test turns."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from starlette.types import Message

from app.server.progress import MIN_BYTES, Progress

PERIOD_SECONDS = 10.0


class Clock:
    """A loop's clock and timers, turned by hand."""

    def __init__(self) -> None:
        self.now_seconds = 1000.0
        self._timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now_seconds

    def call_later(self, seconds: float, call: Callable[[], None]) -> Any:
        entry = (self.now_seconds + seconds, call)
        self._timers.append(entry)
        timers = self._timers

        class Handle:
            def cancel(self) -> None:
                timers.remove(entry)

        return Handle()

    def turn(self, seconds: float) -> None:
        self.now_seconds += seconds
        for due, call in list(self._timers):
            if due <= self.now_seconds:
                call()


class Sender:
    """`waits` are pairs: how long the next bytes take to come, how many they are."""

    def __init__(self, waits: list[tuple[float, int]]) -> None:
        self.clock = Clock()
        self.cuts = 0
        self._waits = iter(waits)
        loop = cast(asyncio.AbstractEventLoop, self.clock)
        self.receive = Progress(loop, PERIOD_SECONDS, self._cut).watching(self._receive)

    def _cut(self) -> None:
        self.cuts += 1

    async def _receive(self) -> Message:
        seconds, size = next(self._waits)
        self.clock.turn(seconds)
        return {"type": "http.request", "body": bytes(size), "more_body": True}


@pytest.mark.parametrize(
    ("waits", "cut"),
    [
        ([(9.9, MIN_BYTES), (9.9, MIN_BYTES)], False),
        ([(10.0, MIN_BYTES)], True),
        ([(6.0, MIN_BYTES - 1), (3.9, 1), (9.9, MIN_BYTES)], False),
        ([(6.0, MIN_BYTES - 1), (4.0, MIN_BYTES)], True),
        ([(3.0, 1)] * 3, False),
        ([(3.0, 1)] * 4, True),
    ],
)
async def test_so_many_bytes_for_each_period_of_waiting(waits: list[tuple[float, int]], cut: bool) -> None:
    sender = Sender(waits)
    for _ in waits:
        await sender.receive()
    assert bool(sender.cuts) is cut


async def test_the_time_in_which_nobody_waits_is_free() -> None:
    sender = Sender([(5.0, 1), (4.0, MIN_BYTES)])
    await sender.receive()
    sender.clock.turn(3600)
    await sender.receive()
    assert sender.cuts == 0
