"""The Views port in memory, on the rows that the fake ViewWriter holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.rankings import RankedBy
from app.domain.view_rows import ViewRow
from app.ports.views import (
    CardTotal,
    CategoryTotal,
    Generation,
    JournalTotal,
    Leaderboard,
    LeaderboardRow,
    Place,
    Standing,
    UserTotal,
    ViewId,
)
from tests.fakes.views import FakeViews


@dataclass(frozen=True, slots=True)
class FakeViewsReading:
    """See the port."""

    views: FakeViews = field(default_factory=FakeViews)

    async def leaderboard(
        self, generation: Generation, board: Leaderboard, *, limit: int, after: Place | None
    ) -> Sequence[Standing]:
        standings = self._standings(generation, board)
        return [one for one in standings if after is None or _order(one) > (-after.value, after.member)][:limit]

    async def lowest(self, generation: Generation, board: Leaderboard, *, limit: int) -> Sequence[Standing]:
        return self._standings(generation, board)[-limit:]

    async def categories(self, generation: Generation, period: str) -> Mapping[str, ViewRow]:
        return {
            view_id.category: row
            for view_id, row in self._rows(generation)
            if isinstance(view_id, CategoryTotal) and view_id.period == period
        }

    async def card(
        self, generation: Generation, card_id: str, months: Sequence[str], days: Sequence[str]
    ) -> Mapping[str, ViewRow]:
        return {
            view_id.period: row
            for view_id, row in self._rows(generation)
            if isinstance(view_id, CardTotal) and view_id.card_id == card_id and view_id.period in {*months, *days}
        }

    async def cards(
        self, generation: Generation, months: Sequence[str], days: Sequence[str]
    ) -> Mapping[str, Sequence[ViewRow]]:
        found: dict[str, list[ViewRow]] = {}
        for view_id, row in self._rows(generation):
            if isinstance(view_id, CardTotal) and view_id.period in {*months, *days}:
                found.setdefault(view_id.card_id, []).append(row)
        return found

    async def user(self, generation: Generation, user_id: str, period: str) -> Mapping[tuple[str, str], ViewRow]:
        return {
            (view_id.period, view_id.category): row
            for view_id, row in self._rows(generation)
            if isinstance(view_id, UserTotal)
            and view_id.user_id == user_id
            and len(view_id.period) == 7
            and view_id.period[: len(period)] == period
        }

    async def user_year(self, generation: Generation, user_id: str, year: str) -> Mapping[str, ViewRow]:
        return {
            view_id.category: row
            for view_id, row in self._rows(generation)
            if isinstance(view_id, UserTotal) and view_id.user_id == user_id and view_id.period == year
        }

    async def journal(self, generation: Generation, at: str) -> Sequence[tuple[str, ViewRow]]:
        return [
            (view_id.period, row)
            for view_id, row in self._rows(generation)
            if isinstance(view_id, JournalTotal) and _leads_up_to(view_id.period, at)
        ]

    def _standings(self, generation: Generation, board: Leaderboard) -> list[Standing]:
        standings = [
            Standing(member, row.totals.value(generation.valuation), row)
            for view_id, row in self._rows(generation)
            if row.totals.count and (member := _member(view_id, board)) is not None
        ]
        return sorted(standings, key=_order)

    def _rows(self, generation: Generation) -> list[tuple[ViewId, ViewRow]]:
        return list(self.views.of(generation.number).items())


def _leads_up_to(period: str, at: str) -> bool:
    match len(period):
        case 7:
            return period < at[:7]
        case 13:
            return period[:7] == at[:7] and period < at[:13]
    return period[:13] == at[:13] and period <= at[:19]


def _member(view_id: ViewId, board: Leaderboard) -> str | None:
    match view_id:
        case LeaderboardRow(member=member) if view_id == LeaderboardRow(board.category, board.period, board.by, member):
            return member
        case UserTotal(user_id=user_id) if board.by is RankedBy.USER and view_id == UserTotal(
            user_id, board.period, board.category
        ):
            return user_id
    return None


def _order(standing: Standing) -> tuple[int, str]:
    return (-standing.value, standing.member)
