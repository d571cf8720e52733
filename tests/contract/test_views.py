"""The Views port: what is read is the plain sum of what was counted, whole or in pages, over any number of shards."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from app.domain.kickbacks import KickbackType
from app.domain.rankings import RankedBy
from app.domain.totals import Figures, Totals, total_of
from app.ports.views import Generation, Leaderboard, Place, Standing
from tests.contract.view_rig import ALIKE, LONG, VALUATION, Stored, seen, some, standings


def reversal(of: Figures, **changes: Any) -> Figures:
    return of._replace(
        transaction_id=f"{of.transaction_id}-r",
        transaction_amount=-of.transaction_amount,
        kickback_amount=-of.kickback_amount,
        count_change=-1,
    )._replace(**changes)


async def walk(stored: Stored, board: Leaderboard, limit: int) -> list[Standing]:
    walked: list[Standing] = []
    after: Place | None = None
    for _ in range(100):
        page = await stored.views.leaderboard(stored.generation, board, limit=limit, after=after)
        walked += page
        if len(page) < limit:
            return walked
        after = Place(page[-1].value, page[-1].member)
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("shards", [1, 4, 8, 16])
async def test_leaderboards_of_every_kind_in_pages_of_every_size(
    make_stored: Callable[[int], Awaitable[Stored]], shards: int
) -> None:
    stored = await make_stored(shards)
    purchases = some(300)
    await stored.count(purchases)
    ties = 0
    for by in RankedBy:
        for period in ("2023-05", "2023"):
            board = Leaderboard("GROCERY", period, by)
            wanted = standings(purchases, board)
            ties += len(wanted) - len({value for _, value, _ in wanted})
            for limit in (1, 2, 3, 7, len(wanted) - 1, len(wanted), len(wanted) + 1, 200):
                assert seen(await walk(stored, board, limit)) == wanted
    assert ties > 10


@pytest.mark.parametrize("shards", [1, 4, 16])
async def test_the_longest_names(make_stored: Callable[[int], Awaitable[Stored]], shards: int) -> None:
    stored = await make_stored(shards)
    purchases = some(60, LONG)
    await stored.count(purchases)
    board = Leaderboard("GROCERY", "2023-05", RankedBy.MERCHANT)
    wanted = standings(purchases, board)
    assert {len(member.encode()) for member, _, _ in wanted} == {1024}
    for limit in (1, 2, 5, 50):
        assert seen(await walk(stored, board, limit)) == wanted


@pytest.mark.parametrize("shards", [1, 4, 16])
async def test_long_names_that_differ_only_in_the_end_are_all_there_once(
    make_stored: Callable[[int], Awaitable[Stored]], shards: int
) -> None:
    stored = await make_stored(shards)
    purchases = [one._replace(kickback_amount=10, kickback_type=KickbackType.POINT) for one in some(60, ALIKE)]
    await stored.count(purchases)
    board = Leaderboard("GROCERY", "2023", RankedBy.MERCHANT)
    whole = await stored.views.leaderboard(stored.generation, board, limit=200, after=None)
    assert sorted(row.member for row in whole) == sorted(member for member, _, _ in standings(purchases, board))
    assert [row.value for row in whole] == sorted((row.value for row in whole), reverse=True)
    for limit in (1, 2, 5):
        assert await walk(stored, board, limit) == list(whole)


async def test_a_place_need_not_be_there(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    purchases = some(100)
    await stored.count(purchases)
    board = Leaderboard("GROCERY", "2023", RankedBy.CARD)
    wanted = standings(purchases, board)
    for after in (Place(10**15, ""), Place(wanted[3][1], ""), Place(wanted[3][1] - 1, "~"), Place(-1, "z")):
        page = await stored.views.leaderboard(stored.generation, board, limit=200, after=after)
        assert seen(page) == [row for row in wanted if (-row[1], row[0]) > (-after.value, after.member)]


async def test_another_board_or_generation_has_none_of_it(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    await stored.count(some(50))
    other = Generation(8, 4, VALUATION, "")
    board = Leaderboard("GROCERY", "2023-05", RankedBy.CARD)
    assert await stored.views.leaderboard(other, board, limit=50, after=None) == []
    assert await stored.views.categories(other, "2023") == {}
    assert await stored.views.card(other, "card1", ["2023-05"], ["2023-04-01"]) == {}
    assert await stored.views.cards(other, ["2023-05"], ["2023-04-01"]) == {}
    assert await stored.views.user(other, "user1", "2023") == {}
    assert await stored.views.user_year(other, "user1", "2023") == {}
    for elsewhere in (Leaderboard("NONE", "2023", RankedBy.CARD), Leaderboard("GROCERY", "2021", RankedBy.USER)):
        assert await stored.views.leaderboard(stored.generation, elsewhere, limit=50, after=None) == []


async def test_what_is_reversed_is_not_ranked(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    purchases = some(60)
    gone = [one for one in purchases if one.card_id == "card3"]
    await stored.count([*purchases, *map(reversal, gone)])
    for period in ("2023-05", "2023"):
        board = Leaderboard("GROCERY", period, RankedBy.CARD)
        whole = await stored.views.leaderboard(stored.generation, board, limit=200, after=None)
        left = [one for one in purchases if one.card_id != "card3"]
        assert seen(whole) == standings(left, board)


async def test_categories(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    purchases = some(80)
    await stored.count(purchases)
    for period in ("2022-12", "2023-05", "2023", "2021"):
        found = await stored.views.categories(stored.generation, period)
        inside = [one for one in purchases if one.transaction_date.startswith(period)]
        assert {category: row.totals for category, row in found.items()} == {
            category: total_of(one for one in inside if one.category == category)
            for category in {one.category for one in inside}
        }


PERIODS: list[tuple[list[str], list[str]]] = [
    (["2023-05"], []),
    (["2022-12", "2023-01", "2023-04"], ["2023-05-01", "2023-05-02"]),
    (["2023-04"], ["2022-12-30", "2022-12-31", "2023-05-01", "2023-05-02", "2023-05-03"]),
    ([], ["2023-05-15"]),
    ([], []),
]


def of_periods(purchases: Iterable[Figures], card_id: str, periods: Iterable[str]) -> dict[str, Totals]:
    own = [one for one in purchases if one.card_id == card_id]
    by_period = {period: [one for one in own if one.transaction_date.startswith(period)] for period in periods}
    return {period: total_of(of) for period, of in by_period.items() if of}


@pytest.mark.parametrize("shards", [1, 8])
@pytest.mark.parametrize(("months", "days"), PERIODS)
async def test_cards(
    make_stored: Callable[[int], Awaitable[Stored]], shards: int, months: list[str], days: list[str]
) -> None:
    stored = await make_stored(shards)
    purchases = [one._replace(card_id=rename(one.card_id)) for one in some(200)]
    await stored.count(purchases)
    all_cards = await stored.views.cards(stored.generation, months, days)
    wanted = {card: of_periods(purchases, card, [*months, *days]) for card in {one.card_id for one in purchases}}
    assert {card: _multiset(row.totals for row in rows) for card, rows in all_cards.items()} == {
        card: _multiset(by_period.values()) for card, by_period in wanted.items() if by_period
    }
    for card_id, by_period in [*wanted.items(), ("unknown", {})]:
        found = await stored.views.card(stored.generation, card_id, months, days)
        assert {period: row.totals for period, row in found.items()} == by_period
        for period, row in found.items():
            inside = [one for one in purchases if one.card_id == card_id and one.transaction_date.startswith(period)]
            assert {name: part.totals for name, part in row.parts.items()} == {
                name: total_of(one for one in inside if one.category == name)
                for name in {one.category for one in inside}
            }
            newest = max(inside, key=lambda one: (one.transaction_date, one.created_at, one.transaction_id))
            assert row.naming.name == newest.card_name


def rename(card_id: str) -> str:
    """Ids of which one begins another, where a careless range would read too much."""
    return {"card1": "card", "card2": "card:2", "card3": "card-"}.get(card_id, card_id)


def _multiset(totals: Iterable[Totals]) -> list[tuple[Any, ...]]:
    return sorted((one.count, one.transaction_total, sorted(one.kickback_by_type.items())) for one in totals)


async def test_a_users_rows(make_stored: Callable[[int], Awaitable[Stored]]) -> None:
    stored = await make_stored(4)
    purchases = some(200)
    await stored.count(purchases)
    for user_id in ("user1", "user10", "nobody"):
        own = [one for one in purchases if one.user_id == user_id]
        for period in ("2023-05", "2023", "2022"):
            inside = [one for one in own if one.transaction_date.startswith(period)]
            found = await stored.views.user(stored.generation, user_id, period)
            cells = {(one.transaction_date[:7], one.category) for one in inside}
            assert set(found) == cells
            for (month, category), row in found.items():
                cell = [x for x in inside if x.transaction_date.startswith(month) and x.category == category]
                assert row.totals == total_of(cell)
                assert {card: part.totals for card, part in row.parts.items()} == {
                    card: total_of(one for one in cell if one.card_id == card) for card in {x.card_id for x in cell}
                }
        year = await stored.views.user_year(stored.generation, user_id, "2023")
        in_year = [one for one in own if one.transaction_date.startswith("2023")]
        assert {category: row.totals for category, row in year.items()} == {
            category: total_of(one for one in in_year if one.category == category)
            for category in {one.category for one in in_year}
        }
