"""Two requests for one answer: which of them counts, what becomes of the other, and how many there may be."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from app.store.hedging import Hedging

AFTER = 0.02
LONG = 10.0


@dataclass
class Asked:
    """Requests that take as long as they are told; an exception is raised, anything else is answered."""

    script: Iterator[tuple[float, object]]
    began: int = 0
    under_way: int = 0

    async def __call__(self) -> object:
        takes, answer = next(self.script)
        self.began += 1
        self.under_way += 1
        try:
            await asyncio.sleep(takes)
        finally:
            self.under_way -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Told:
    """Hedging, and what it has counted."""

    counted: list[str] = field(default_factory=list)
    allowed: Callable[[], bool] = lambda: True
    after: float = AFTER

    def __post_init__(self) -> None:
        self.hedging = Hedging(self.after, lambda: self.allowed(), self.counted.append)


def asked(*script: tuple[float, object]) -> Asked:
    return Asked(iter(script))


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(AFTER / 20)
    raise AssertionError("it never came to that")


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("script", "answer", "counted"),
    [
        ([(0, "first")], "first", []),
        ([(LONG, "first"), (0, "second")], "second", ["won"]),
        ([(3 * AFTER, "first"), (LONG, "second")], "first", ["lost"]),
        ([(3 * AFTER, "first"), (0, OSError("second"))], "first", ["lost"]),
        ([(2 * AFTER, OSError("first")), (2 * AFTER, "second")], "second", ["won"]),
    ],
    ids=["in time", "the second", "the first", "the second fails", "the first fails"],
)
async def test_whichever_answers_counts_and_the_other_is_cancelled(
    script: list[tuple[float, object]], answer: str, counted: list[str]
) -> None:
    told, one = Told(), asked(*script)
    assert await told.hedging.answer_of(one) == answer
    await settled()
    assert (one.began, one.under_way, told.counted) == (len(script), 0, counted)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]  # a test runs in a task


async def test_a_failure_in_time_is_a_failure() -> None:
    told, one = Told(), asked((0, OSError("first")))
    with pytest.raises(OSError, match="first"):
        await told.hedging.answer_of(one)
    assert (one.began, told.counted) == (1, [])


@pytest.mark.parametrize("takes", [0.0, 3 * AFTER])
async def test_when_both_fail_the_first_one_says_why(takes: float) -> None:
    told, one = Told(), asked((2 * AFTER, OSError("first")), (takes, OSError("second")))
    with pytest.raises(OSError, match="first"):
        await told.hedging.answer_of(one)
    assert told.counted == ["lost"]


@pytest.mark.parametrize("script", [[(LONG, "first"), (LONG, "second")], [(2 * AFTER, OSError()), (LONG, "second")]])
async def test_whoever_is_cancelled_leaves_nothing_running(script: list[tuple[float, object]]) -> None:
    told, one = Told(), asked(*script)
    task = asyncio.create_task(told.hedging.answer_of(one))
    await asyncio.sleep(4 * AFTER)
    assert one.began == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await settled()
    assert one.under_way == 0


async def test_a_deadline_that_comes_with_the_second_answer_is_still_one() -> None:
    """Both cancel the same task before it runs again: who else wanted it to end is obeyed."""
    told, one = Told(), asked((LONG, "first"), (AFTER, "second"))
    task = asyncio.create_task(told.hedging.answer_of(one))
    await until(lambda: one.began == 2)
    (second,) = asyncio.all_tasks() - {task, asyncio.current_task()}
    second.add_done_callback(lambda _: task.cancel())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.counted == ["won"]


async def test_several_at_once_are_each_their_own_race() -> None:
    told = Told()
    slow = [asked((LONG, "first"), (0, f"second {number}")) for number in range(5)]
    quick = [asked((0, f"first {number}")) for number in range(5)]
    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(told.hedging.answer_of(one) for one in [*slow, *quick]))
    assert answers == [*(f"second {number}" for number in range(5)), *(f"first {number}" for number in range(5))]


async def test_zero_is_never() -> None:
    told, one = Told(after=0), asked((2 * AFTER, "first"))
    assert await told.hedging.answer_of(one) == "first"
    assert one.began == 1


async def test_none_is_sent_to_a_table_in_trouble() -> None:
    told, one = Told(allowed=lambda: False), asked((3 * AFTER, "first"))
    assert await told.hedging.answer_of(one) == "first"
    assert (one.began, told.counted) == (1, ["refused"])


async def test_at_most_one_read_in_twenty_is_hedged() -> None:
    told = Told(after=0.000_001)
    sent = 0
    for _ in range(400):
        one = asked((0.001, "first"), (LONG, "second"))
        await told.hedging.answer_of(one)
        sent += one.began - 1
    assert sent in (29, 30)  # the ten it had saved, and a twentieth of four hundred
