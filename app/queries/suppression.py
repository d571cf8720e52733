"""Which rows of rankings are not for everybody, because too few users are behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.groups import hidden_places, together
from app.domain.kickbacks import Valuation
from app.domain.rankings import Member, ranked
from app.domain.view_rows import ViewRow
from app.ports.views import Leaderboard, Standing, Views
from app.queries.freshness import Fresh

LOWEST = (32, 1_024)
"""So many of the last rows are looked at, one number after the other, until it is known which are to be hidden."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The members that are not shown (or `everything`), and whether the sum over all is not. Nothing at all where the
    caller may see everything."""

    members: frozenset[str] = frozenset()
    everything: bool = False
    totals: bool = False

    def hides(self, member_id: str) -> bool:
        """Whether a row only keeps its place."""
        return self.everything or member_id in self.members


NOTHING = Suppressed()


def suppressed_of(members: Sequence[Member], least: int, *, totals: bool = False) -> Suppressed:
    """Of a whole ranking, best first. With `least` 0 nothing. `totals`: the sum is hidden elsewhere."""
    if not least:
        return NOTHING
    groups = [member.group for member in members]
    hides_totals = totals or not together(groups).has(least)
    places = hidden_places(groups, least, some=hides_totals)
    return Suppressed(frozenset(members[place].member_id for place in places), totals=hides_totals)


async def suppressed_in_board(
    shown: Sequence[Member],
    board: Leaderboard,
    fresh: Fresh,
    *,
    least: int,
    is_whole: bool,
    totals: bool,
    views: Views,
) -> Suppressed:
    """Of a page of a leaderboard, of which nobody knows how long it is. A row with too few users is hidden wherever it
    is; which other one has to be is found at the end of the leaderboard. Raises StoreUnavailable."""
    if not least:
        return NOTHING
    if is_whole:
        return suppressed_of(shown, least, totals=totals)
    small = frozenset(member.member_id for member in shown if not member.group.has(least))
    for limit in LOWEST:
        lowest = [standing_member(one) for one in await views.lowest(fresh.generation, board, limit=limit)]
        # Rows before these may be hidden too. Where these say nothing of that, one is hidden in any case.
        is_known = len(lowest) < limit
        places = hidden_places([one.group for one in lowest], least, some=totals or not is_known)
        if is_known or together(lowest[place].group for place in places).has(least):
            return Suppressed(small | {lowest[place].member_id for place in places}, totals=totals)
    return Suppressed(everything=True, totals=True)


def is_hidden(category: str, members: Iterable[Member], valuation: Valuation, least: int) -> bool:
    """Whether the medal table of categories does not show this one of them."""
    if not least:
        return False
    among = [row.member for row in ranked(members, valuation)]
    return category not in (one.member_id for one in among) or suppressed_of(among, least).hides(category)


def category_members(rows: Mapping[str, ViewRow]) -> list[Member]:
    """Categories as they are ranked."""
    return [Member(category, row.totals, users=row.users) for category, row in rows.items()]


def standing_member(standing: Standing) -> Member:
    """A row of a leaderboard as it is shown."""
    return Member(standing.member, standing.row.totals, standing.row.naming, standing.row.users)
