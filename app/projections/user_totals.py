"""Users in a category's month, with the cards they used, and year."""

from collections.abc import Iterator

from app.domain.totals import Figures
from app.domain.view_rows import Counted
from app.ports.views import UserTotal, ViewId
from app.projections.periods_of import month_of, year_of


def rows_of(figures: Figures) -> Iterator[tuple[ViewId, Counted]]:
    """Two rows, which are the leaderboard by user too."""
    by_card = Counted(part=figures.card_id, part_name=figures.card_name)
    yield UserTotal(figures.user_id, month_of(figures), figures.category), by_card
    yield UserTotal(figures.user_id, year_of(figures), figures.category), Counted()
