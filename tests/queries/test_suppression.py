"""Which rows of a leaderboard are hidden when only some of it is read."""

from datetime import UTC, datetime

import pytest

from app.domain.groups import NOBODY, with_user
from app.domain.kickbacks import KickbackType
from app.domain.rankings import RankedBy
from app.domain.totals import Totals
from app.domain.view_rows import ViewRow
from app.ports.views import Leaderboard, LeaderboardRow
from app.queries.freshness import Fresh
from app.queries.suppression import LOWEST, NOTHING, Suppressed, standing_member, suppressed_in_board
from tests.fakes.views import FakeViews
from tests.fakes.views_reading import FakeViewsReading
from tests.projections.events import GENERATION

FRESH = Fresh(GENERATION, datetime(2023, 7, 1, tzinfo=UTC))
BOARD = Leaderboard("GROCERY", "2023-05", RankedBy.CARD)


def row(value: int, users: tuple[str, ...]) -> ViewRow:
    sketch = NOBODY
    for user in users:
        sketch = with_user(sketch, user)
    return ViewRow(Totals(99, 10_000, 0, {KickbackType.POINT: value}), users=sketch)


MANY = ("a", "b", "c")


def board(*sizes: tuple[int, tuple[str, ...]]) -> FakeViewsReading:
    """So many members with these users, one after the other: c0000, c0001, ... best first."""
    users = [one for size, one in sizes for _ in range(size)]
    return FakeViewsReading(
        FakeViews(
            {
                (GENERATION.number, LeaderboardRow("GROCERY", "2023-05", RankedBy.CARD, f"c{place:04d}")): row(
                    10_000 - place, one
                )
                for place, one in enumerate(users)
            }
        )
    )


async def found(
    views: FakeViewsReading, *, shown: int = 10, least: int = 3, is_whole: bool = False, totals: bool = False
) -> Suppressed:
    page = await views.leaderboard(GENERATION, BOARD, limit=shown, after=None)
    return await suppressed_in_board(
        [standing_member(one) for one in page],
        BOARD,
        FRESH,
        least=least,
        is_whole=is_whole,
        totals=totals,
        views=views,
    )


@pytest.mark.parametrize(
    ("sizes", "totals", "hidden"),
    [
        ([(20, MANY)], False, []),
        ([(20, MANY)], True, ["c0019"]),
        ([(20, MANY), (1, ("d",)), (5, MANY)], False, ["c0020", "c0025"]),
        ([(20, MANY), (3, ("d",))], False, ["c0019", "c0020", "c0021", "c0022"]),
        ([(20, MANY), (1, ("d",)), (1, ("e", "f"))], False, ["c0020", "c0021"]),
        ([(5, ("d",)), (20, MANY)], False, ["c0000", "c0001", "c0002", "c0003", "c0004", "c0024"]),
        # Nobody knows what is before the rows that were looked at: the last one is hidden in any case.
        ([(LOWEST[0], MANY)], False, [f"c{LOWEST[0] - 1:04d}"]),
        ([(900, MANY)], False, ["c0899"]),
        ([(5, ("d",)), (900, MANY)], False, ["c0000", "c0001", "c0002", "c0003", "c0004", "c0904"]),
    ],
)
async def test_what_the_end_of_a_leaderboard_says(
    sizes: list[tuple[int, tuple[str, ...]]], totals: bool, hidden: list[str]
) -> None:
    assert await found(board(*sizes), totals=totals) == Suppressed(frozenset(hidden), totals=totals)


async def test_it_looks_further_where_all_it_sees_are_too_small() -> None:
    suppressed = await found(board((20, MANY), (LOWEST[0] + 5, ("d", "e"))))
    assert suppressed.members == {f"c{place:04d}" for place in range(19, 20 + LOWEST[0] + 5)}


async def test_it_hides_everything_where_that_does_not_help() -> None:
    assert await found(board((20, MANY), (LOWEST[-1], ("d", "e")))) == Suppressed(everything=True, totals=True)


async def test_nothing_is_read_more_than_needed() -> None:
    class Unread(FakeViewsReading):
        async def lowest(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]  # only to fail
            raise AssertionError("read")

    views = Unread(board((4, MANY), (1, ("d",))).views)
    assert await found(views, least=0) is NOTHING
    assert (await found(views, is_whole=True)).members == {"c0003", "c0004"}
