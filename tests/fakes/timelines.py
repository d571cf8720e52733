"""The Timelines port in memory."""

from collections.abc import Callable, Sequence

from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.totals import Figures
from app.ports.pages import Page, Position
from app.ports.timelines import Subject, Timeline
from tests.fakes.documents import Line, fields, figures_of, lines, own_id, purchase_line
from tests.fakes.facts import FakeFacts

_PIECE = 7


class FakeTimelines:
    """See the port. `epoch_seconds` tells the time, for purchases whose retention has ended."""

    def __init__(self, facts: FakeFacts, epoch_seconds: Callable[[], int] = lambda: 0) -> None:
        self._facts = facts
        self._epoch_seconds = epoch_seconds

    async def page(self, timeline: Timeline, dates: DateRange, *, limit: int, after: Position | None) -> Page:
        await self._facts.called("timelines_page")
        rows = [one for one in self._rows(timeline, dates) if after is None or _position(one) < after]
        rows.sort(key=_position, reverse=True)
        return Page(
            lines=[purchase_line(one) for one in rows[:limit]],
            next_position=_position(rows[limit - 1]) if len(rows) > limit else None,
        )

    async def fold(self, timeline: Timeline, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        await self._facts.called("fold")
        rows = self._rows(timeline, dates)
        for start in range(0, len(rows), _PIECE):
            consume([figures_of(one) for one in rows[start : start + _PIECE]])
            await self._facts.pause()

    def _rows(self, timeline: Timeline, dates: DateRange) -> list[Line]:
        return lines(self._facts, lambda one: _key(one, timeline.subject) == timeline.key, dates, self._epoch_seconds())


def _key(purchase: Purchase, subject: Subject) -> str:
    return purchase.category if subject is Subject.CATEGORY else purchase.card_id


def _position(line: Line) -> tuple[str, str, str]:
    return (fields(line).transaction_date.isoformat(), fields(line).user_id, own_id(line))
