"""Which card gives back most in a range of days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.card_rankings import RankedCard, ranked_cards
from app.domain.edges import cover_of
from app.domain.kickbacks import Valuation
from app.domain.periods import DateRange
from app.domain.rankings import Member
from app.domain.row_sums import sum_of
from app.domain.totals import Figures, Totals
from app.ports.timelines import Subject, Timeline
from app.ports.views import Views
from app.queries.freshness import Fresh
from app.queries.rankings import LiveSource
from app.queries.suppression import Suppressed, suppressed_of


@dataclass(frozen=True, slots=True)
class CardRanking:
    """`totals` is the sum over all cards. Cards without purchases are not among the rows. `suppressed`: what of it is
    not for the caller."""

    totals: Totals
    rows: Sequence[RankedCard]
    as_of: datetime
    valuation: Valuation
    suppressed: Suppressed


async def view_card_ranking(
    first: date, last: date, fresh: Fresh, *, low_sample_below: int, least: int, views: Views
) -> CardRanking:
    """Adds up every card's whole months and the days at the edges: its cost is one row for each card and month of the
    years, and for each card and day of the months that the edges are in.

    `least` users must be behind what the caller may see; 0: everything. Raises StoreUnavailable.
    """
    cover = cover_of(first, last)
    members = []
    for card_id, rows in (await views.cards(fresh.generation, cover.months, cover.days)).items():
        row = sum_of(rows, with_users=least > 0)
        members.append(Member(card_id, row.totals, row.naming, row.users))
    return _ranking(members, fresh.as_of, fresh.generation.valuation, low_sample_below, least)


async def live_card_ranking(
    first: date, last: date, *, low_sample_below: int, least: int, source: LiveSource
) -> CardRanking:
    """Folds every purchase between two days, both included, one category after the other. Raises StoreUnavailable."""
    as_of = source.now()
    cards: dict[str, Member] = {}

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            cards.setdefault(figures.card_id, Member(figures.card_id)).add(figures, figures.card_name)

    for category in sorted(await source.categories.names(_months(first, last))):
        await source.timelines.fold(Timeline(Subject.CATEGORY, category), DateRange(first, last), consume)
    return _ranking(cards.values(), as_of, source.valuation, low_sample_below, least)


def _months(first: date, last: date) -> list[str]:
    cover = cover_of(first, last)
    return sorted({*cover.months, *(day[:7] for day in cover.days)})


def _ranking(
    members: Collection[Member], as_of: datetime, valuation: Valuation, low_sample_below: int, least: int
) -> CardRanking:
    totals = Totals()
    for member in members:
        totals.merge(member.totals)
    rows = ranked_cards(members, valuation, low_sample_below=low_sample_below)
    return CardRanking(totals, rows, as_of, valuation, suppressed_of([row.member for row in rows], least))
