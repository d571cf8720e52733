from typing import Any

import pytest

from app.ports.errors import StoreUnavailable
from app.store.database import Database
from app.store.health import Reachability


class Table(Database):
    """Answers as it is told, and counts."""

    def __init__(self) -> None:
        super().__init__(None, "table")
        self.reachable = True
        self.asked = 0

    async def get_item(self, decoder: Any, **request: Any) -> Any:
        self.asked += 1
        if not self.reachable:
            raise StoreUnavailable("down")
        return None


async def test_it_is_asked_at_most_once_a_second() -> None:
    table, now = Table(), [100.0]
    health = Reachability(table, lambda: now[0])
    assert [await health.check() for _ in range(5)] == [True] * 5
    assert table.asked == 1
    now[0] += 0.9
    assert await health.check()
    assert table.asked == 1
    now[0] += 0.2
    assert [await health.check() for _ in range(5)] == [True] * 5
    assert table.asked == 2


async def test_a_table_that_never_answered_is_not_reachable() -> None:
    table, now = Table(), [100.0]
    table.reachable = False
    health = Reachability(table, lambda: now[0])
    assert not await health.check()
    now[0] += 1
    assert not await health.check()
    table.reachable = True
    now[0] += 1
    assert await health.check()


@pytest.mark.parametrize("idle", [0, 3600], ids=["asked all the time", "nobody has asked for an hour"])
async def test_silence_is_told_when_it_has_lasted_half_a_minute(idle: int) -> None:
    """All instances lose the table at once, and none is of use to a balancer that has taken them all away."""
    table, now = Table(), [100.0]
    health = Reachability(table, lambda: now[0])
    assert await health.check()
    now[0] += idle + 1
    table.reachable = False
    answers = []
    for _ in range(40):
        answers.append(await health.check())
        now[0] += 1
    assert answers == [True] * 30 + [False] * 10
    table.reachable = True
    assert await health.check()
    table.reachable = False
    now[0] += 1
    assert await health.check()  # the half minute begins anew
