"""A limit of our own does what asyncio.timeout does, whoever else cancels, and when."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.api.deadlines import TimeLimit

Deadline = Callable[[float, Awaitable[None]], Awaitable[None]]
SOON = 0.01


async def by_asyncio(seconds: float, doing: Awaitable[None]) -> None:
    async with asyncio.timeout(seconds):
        await doing


async def within(seconds: float, doing: Awaitable[None]) -> None:
    await TimeLimit(seconds).within(doing)


async def told(deadline: Deadline, doing: Callable[[], Awaitable[None]], *, cancel_after: float | None = None) -> str:
    """What came of it, and how many cancellations its task was left with."""
    left: list[int] = []

    async def run() -> str:
        task = asyncio.current_task()
        assert task is not None
        try:
            await deadline(SOON, doing())
        except asyncio.CancelledError:
            left.append(task.cancelling())
            raise
        except Exception as error:
            left.append(task.cancelling())
            return type(error).__name__
        left.append(task.cancelling())
        return "done"

    running = asyncio.create_task(run())
    if cancel_after is not None:
        await asyncio.sleep(cancel_after)
        running.cancel()
    (outcome,) = await asyncio.gather(running, return_exceptions=True)
    return f"{outcome if isinstance(outcome, str) else type(outcome).__name__} {left}"


async def quick() -> None:
    await asyncio.sleep(0)


async def slow() -> None:
    await asyncio.sleep(1)


async def broken() -> None:
    raise LookupError


async def breaks_when_cancelled() -> None:
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        raise LookupError from None


async def ends_when_cancelled() -> None:
    try:
        await asyncio.sleep(1)
    except asyncio.CancelledError:
        return


async def busy_until_too_late() -> None:
    """Done before anybody could be told of a deadline that has passed."""
    ended = asyncio.get_running_loop().time() + 2 * SOON
    while asyncio.get_running_loop().time() < ended:
        pass


async def cancels_itself_too() -> None:
    """Both at once."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().call_later(SOON, task.cancel)
    await asyncio.sleep(1)


@pytest.mark.parametrize(
    ("doing", "outcome"),
    [
        (quick, "done [0]"),
        (slow, "TimeoutError [0]"),
        (broken, "LookupError [0]"),
        (breaks_when_cancelled, "LookupError [0]"),
        (ends_when_cancelled, "done [0]"),
        (busy_until_too_late, "done [0]"),
        (cancels_itself_too, "CancelledError [1]"),
    ],
)
async def test_it_ends_as_with_asyncio(doing: Callable[[], Awaitable[None]], outcome: str) -> None:
    assert await told(by_asyncio, doing) == await told(within, doing) == outcome


@pytest.mark.parametrize("cancel_after", [0.0, SOON / 4])
async def test_a_cancellation_by_somebody_else_stays_one(cancel_after: float) -> None:
    assert await told(by_asyncio, slow, cancel_after=cancel_after) == "CancelledError [1]"
    assert await told(within, slow, cancel_after=cancel_after) == "CancelledError [1]"


async def test_nothing_is_cancelled_afterwards() -> None:
    await within(SOON, quick())
    await asyncio.sleep(3 * SOON)


async def test_each_has_its_own_time() -> None:
    limit = TimeLimit(SOON)
    late, ended = asyncio.create_task(limit.within(slow())), asyncio.create_task(limit.within(quick()))
    await asyncio.sleep(SOON / 2)
    later = asyncio.create_task(limit.within(asyncio.sleep(SOON * 0.75)))
    outcomes = await asyncio.gather(late, ended, later, return_exceptions=True)
    assert [type(one).__name__ for one in outcomes] == ["TimeoutError", "NoneType", "NoneType"]


def test_it_serves_one_loop_after_another() -> None:
    limit = TimeLimit(SOON)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            asyncio.run(limit.within(slow()))


async def test_the_cause_is_told() -> None:
    with pytest.raises(TimeoutError) as raised:
        await within(SOON, slow())
    assert isinstance(raised.value.__cause__, asyncio.CancelledError)
