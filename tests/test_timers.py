"""Deadlines in a queue: each is reached when its time has come, whatever became of the others."""

import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from app.timers import Timers

SECONDS = 10.0


class Handle:
    def __init__(self, when: float, call: Callable[[], object]) -> None:
        self.when, self.call = when, call


class Clock:
    """A loop of which only the time goes on, when it is told to. `handles`: the timers there are."""

    def __init__(self) -> None:
        self.now = 0.0
        self.handles: list[Handle] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object], /) -> Handle:
        self.handles.append(Handle(when, callback))
        return self.handles[-1]

    def advance(self, seconds: float) -> None:
        until = self.now + seconds
        while due := sorted((one for one in self.handles if one.when <= until), key=lambda one: one.when):
            self.handles.remove(due[0])
            self.now = max(self.now, due[0].when)
            due[0].call()
        self.now = until


STEPS = st.lists(
    st.tuples(st.sampled_from(["start", "stop", "advance"]), st.integers(0, 4), st.integers(0, 8)), max_size=40
)


@given(STEPS)
def test_each_is_over_when_its_own_timer_would_be(steps: list[tuple[str, int, int]]) -> None:
    clock = Clock()
    over: list[tuple[int, float]] = []
    timers: Timers[int] = Timers(clock, SECONDS, lambda key: over.append((key, clock.now)))
    due: dict[int, float] = {}
    wanted: list[tuple[int, float]] = []
    for what, key, seconds in steps:
        if what == "start":
            timers.start(key)
            due.pop(key, None)
            due[key] = clock.now + SECONDS
        elif what == "stop":
            timers.stop(key)
            due.pop(key, None)
        else:
            clock.advance(seconds)
            reached = [one for one, at in due.items() if at <= clock.now]
            wanted += [(one, due.pop(one)) for one in reached]
        assert len(timers) == len(due)
        assert len(clock.handles) <= 1
    assert over == wanted


def test_nothing_is_left_when_nothing_waits() -> None:
    clock = Clock()
    timers: Timers[int] = Timers(clock, SECONDS, lambda _: None)
    for key in range(3):
        timers.start(key)
        timers.stop(key)
    clock.advance(SECONDS)
    assert not clock.handles
    timers.start(1)
    assert len(clock.handles) == 1


def test_one_that_fails_takes_no_other_with_it() -> None:
    clock = Clock()
    over: list[int] = []

    def told(key: int) -> None:
        if key == 0:
            raise LookupError
        over.append(key)

    timers: Timers[int] = Timers(clock, SECONDS, told)
    for key in range(3):
        timers.start(key)
    failed = 0
    while clock.handles:
        try:
            clock.advance(SECONDS)
        except LookupError:
            failed += 1
    assert (failed, over) == (1, [1, 2])


def test_those_that_are_called_may_start_and_stop_others() -> None:
    clock = Clock()
    over: list[tuple[int, float]] = []

    def told(key: int) -> None:
        over.append((key, clock.now))
        if key == 0:
            timers.stop(1)
            timers.start(0)

    timers: Timers[int] = Timers(clock, SECONDS, told)
    for key in range(3):
        timers.start(key)
    clock.advance(SECONDS)
    clock.advance(SECONDS)
    assert over == [(0, 10.0), (2, 10.0), (0, 20.0)]


async def test_on_a_real_loop() -> None:
    over: asyncio.Queue[str] = asyncio.Queue()
    timers: Timers[str] = Timers(asyncio.get_running_loop(), 0.02, over.put_nowait)
    for key in ("a", "b", "c"):
        timers.start(key)
    timers.stop("b")
    async with asyncio.timeout(5):
        assert [await over.get(), await over.get()] == ["a", "c"]
    assert over.empty()


def test_one_that_begins_anew_keeps_nobody_waiting() -> None:
    clock = Clock()
    over: list[tuple[int, float]] = []
    timers: Timers[int] = Timers(clock, SECONDS, lambda key: over.append((key, clock.now)))
    timers.start(0)
    timers.start(1)
    clock.advance(3)
    timers.start(0)
    clock.advance(SECONDS)
    assert over == [(1, 10.0), (0, 13.0)]
