"""Cards and merchants in a category's month and year."""

from collections.abc import Iterator

from app.domain.rankings import RankedBy
from app.domain.totals import Figures
from app.domain.view_rows import Counted
from app.ports.views import LeaderboardRow, ViewId
from app.projections.periods_of import month_of, year_of


def rows_of(figures: Figures) -> Iterator[tuple[ViewId, Counted]]:
    """Four rows. Users have their own: see user_totals."""
    card = Counted(name=figures.card_name, with_users=True)
    merchant = Counted(name=figures.merchant_name, with_users=True)
    for period in (month_of(figures), year_of(figures)):
        yield LeaderboardRow(figures.category, period, RankedBy.CARD, figures.card_id), card
        yield LeaderboardRow(figures.category, period, RankedBy.MERCHANT, figures.merchant_name), merchant
