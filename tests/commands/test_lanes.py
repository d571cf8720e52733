import asyncio

import pytest

from app.commands.lanes import Lanes
from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account

A, B, C = (Account(user, KickbackType.POINT) for user in "abc")
A_MILES = Account("a", KickbackType.MILE)


async def settle() -> None:
    """Until everybody stands where he has to wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_one_writer_at_a_time() -> None:
    lanes, inside, most = Lanes(), 0, 0

    async def write() -> None:
        nonlocal inside, most
        async with lanes.hold([A]):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(write() for _ in range(30)))
    assert most == 1
    assert len(lanes) == 0


async def test_writers_are_served_in_the_order_they_came() -> None:
    lanes, served = Lanes(), list[int]()

    async def write(number: int) -> None:
        async with lanes.hold([A]):
            await asyncio.sleep(0)
            served.append(number)

    await asyncio.gather(*(write(number) for number in range(20)))
    assert served == list(range(20))


async def test_other_accounts_are_not_held_up() -> None:
    lanes = Lanes()
    async with lanes.hold([A]), lanes.hold([B]), lanes.hold([A_MILES]):
        assert len(lanes) == 3


async def test_nobody_waits_for_each_other_in_a_circle() -> None:
    lanes = Lanes()

    async def write(accounts: list[Account]) -> None:
        async with lanes.hold(accounts):
            await asyncio.sleep(0)

    orders = [[A, B], [B, A], [B, C, A], [C, A], [A_MILES, A], [A, A_MILES], [A, A]]
    async with asyncio.timeout(5):
        await asyncio.gather(*(write(order) for _ in range(5) for order in orders))
    assert len(lanes) == 0


async def test_a_failure_frees_the_lane() -> None:
    lanes = Lanes()
    with pytest.raises(RuntimeError, match="no"):
        async with lanes.hold([A, B]):
            raise RuntimeError("no")
    assert len(lanes) == 0
    async with lanes.hold([A, B]):
        assert len(lanes) == 2


async def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    lanes = Lanes()

    async def wait_for_both() -> None:
        async with lanes.hold([A, B]):
            raise AssertionError("never gets both")

    async with lanes.hold([B]):
        waiter = asyncio.create_task(wait_for_both())
        await settle()
        assert len(lanes) == 2  # holds A, waits for B
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        assert len(lanes) == 1
    assert len(lanes) == 0
