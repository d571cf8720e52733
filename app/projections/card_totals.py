"""Cards by day and month, each with its categories."""

from collections.abc import Iterator

from app.domain.totals import Figures
from app.domain.view_rows import Counted
from app.ports.views import CardTotal, ViewId
from app.projections.periods_of import month_of


def rows_of(figures: Figures) -> Iterator[tuple[ViewId, Counted]]:
    """Two rows: any range of days is whole months and the days at its edges."""
    counted = Counted(name=figures.card_name, part=figures.category, with_users=True)
    yield CardTotal(figures.card_id, figures.transaction_date), counted
    yield CardTotal(figures.card_id, month_of(figures)), counted
