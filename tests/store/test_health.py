from typing import Any

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
    table.reachable = False
    now[0] += 0.9
    assert await health.check()
    now[0] += 0.2
    assert [await health.check() for _ in range(5)] == [False] * 5
    assert table.asked == 2
    table.reachable = True
    now[0] += 1.0
    assert await health.check()
    assert table.asked == 3
