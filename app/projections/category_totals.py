"""Categories in a month and year."""

from collections.abc import Iterator

from app.domain.totals import Figures
from app.domain.view_rows import Counted
from app.ports.views import CategoryTotal, ViewId
from app.projections.periods_of import month_of, year_of


def rows_of(figures: Figures) -> Iterator[tuple[ViewId, Counted]]:
    """Two rows."""
    for period in (month_of(figures), year_of(figures)):
        yield CategoryTotal(period, figures.category), Counted(with_users=True)
