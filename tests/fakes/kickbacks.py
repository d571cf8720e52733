"""The Kickbacks port in memory."""

from collections.abc import Callable, Sequence

from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.totals import Figures
from app.ports.kickbacks import KickbackFilter
from app.ports.pages import Page, Position
from tests.fakes.documents import Line, fields, figures_of, lines, own_id, purchase_line
from tests.fakes.facts import FakeFacts


class FakeKickbacks:
    """See the port. `epoch_seconds` tells the time, for purchases whose retention has ended."""

    def __init__(self, facts: FakeFacts, epoch_seconds: Callable[[], int] = lambda: 0) -> None:
        self._facts = facts
        self._epoch_seconds = epoch_seconds

    async def page(
        self, user_id: str, dates: DateRange, only: KickbackFilter, *, limit: int, after: Position | None
    ) -> Page:
        await self._facts.called("kickbacks_page")
        found = lines(
            self._facts, lambda one: one.user_id == user_id and _admits(only, one), dates, self._epoch_seconds()
        )
        rows = [one for one in found if after is None or _position(one) < after]
        rows.sort(key=_position, reverse=True)
        return Page(
            lines=[purchase_line(one) for one in rows[:limit]],
            next_position=_position(rows[limit - 1]) if len(rows) > limit else None,
        )

    async def fold(self, user_id: str, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        await self._facts.called("kickbacks_fold")
        for one in lines(self._facts, lambda one: one.user_id == user_id, dates, self._epoch_seconds()):
            consume([figures_of(one)])
            await self._facts.pause()


def _admits(only: KickbackFilter, purchase: Purchase) -> bool:
    return (
        (only.kind is None or purchase.kickback_type is only.kind)
        and (only.category is None or purchase.category == only.category)
        and (only.card_id is None or purchase.card_id == only.card_id)
    )


def _position(line: Line) -> tuple[str, str]:
    return (fields(line).transaction_date.isoformat(), own_id(line))
