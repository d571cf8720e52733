"""The Views port: how many users are behind a row, and the end of a leaderboard."""

from collections.abc import Awaitable, Callable

import pytest

from app.domain.rankings import RankedBy
from app.domain.view_rows import ViewRow
from app.ports.views import CardTotal, CategoryTotal, Leaderboard, LeaderboardRow, UserTotal
from tests.contract.view_rig import Stored, seen, some, standings
from tests.projections.events import plain_fold


@pytest.mark.parametrize("shards", [1, 8])
async def test_the_end_of_a_leaderboard(make_stored: Callable[[int], Awaitable[Stored]], shards: int) -> None:
    stored = await make_stored(shards)
    purchases = some(300)
    await stored.count(purchases)
    board = Leaderboard("GROCERY", "2023-05", RankedBy.CARD)
    wanted = standings(purchases, board)
    for limit in (1, 5, len(wanted), 200):
        assert seen(await stored.views.lowest(stored.generation, board, limit=limit)) == wanted[-limit:]


async def test_rows_say_who_is_behind_them(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    purchases = some(80)
    await stored.count(purchases)
    wanted = plain_fold(purchases)
    for by in RankedBy:
        board = Leaderboard("GROCERY", "2023-05", by)
        for one in await stored.views.leaderboard(stored.generation, board, limit=99, after=None):
            row = wanted.get(LeaderboardRow("GROCERY", "2023-05", by, one.member), ViewRow())
            assert one.row.users == row.users
            assert bool(row.users) == (by is not RankedBy.USER)
    for category, row in (await stored.views.categories(stored.generation, "2023")).items():
        assert row.users == wanted[CategoryTotal("2023", category)].users != b""
    for period, row in (await stored.views.card(stored.generation, "card1", ["2023-05"], ["2023-05-15"])).items():
        whole = wanted[CardTotal("card1", period)]
        assert row.users == whole.users != b""
        assert row.parts == whole.parts
    for card, rows in (await stored.views.cards(stored.generation, ["2023-05"], [])).items():
        assert [row.users for row in rows] == [wanted[CardTotal(card, "2023-05")].users]
    for (month, category), row in (await stored.views.user(stored.generation, "user1", "2023")).items():
        assert row.parts == wanted[UserTotal("user1", month, category)].parts
        assert not row.users
