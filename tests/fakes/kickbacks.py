"""The Kickbacks port in memory."""

from collections.abc import Callable, Sequence

from app.domain.periods import DateRange
from app.domain.purchases import Purchase
from app.domain.totals import Figures
from app.ports.kickbacks import KickbackFilter
from app.ports.pages import Page, Position
from tests.fakes.documents import document_of, figures_of, in_range, is_alive
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
        rows = [
            one
            for one in self._facts.purchases.values()
            if one.user_id == user_id
            and in_range(one, dates)
            and is_alive(one, self._epoch_seconds())
            and _admits(only, one)
            and (after is None or _position(one) < after)
        ]
        rows.sort(key=_position, reverse=True)
        return Page(
            documents=[document_of(one) for one in rows[:limit]],
            next_position=_position(rows[limit - 1]) if len(rows) > limit else None,
        )

    async def fold(self, user_id: str, dates: DateRange, consume: Callable[[Sequence[Figures]], None]) -> None:
        await self._facts.called("kickbacks_fold")
        rows = [
            one
            for one in self._facts.purchases.values()
            if one.user_id == user_id and in_range(one, dates) and is_alive(one, self._epoch_seconds())
        ]
        for one in rows:
            consume([figures_of(one)])
            await self._facts.pause()


def _admits(only: KickbackFilter, purchase: Purchase) -> bool:
    return (
        (only.kind is None or purchase.kickback_type is only.kind)
        and (only.category is None or purchase.category == only.category)
        and (only.card_id is None or purchase.card_id == only.card_id)
    )


def _position(purchase: Purchase) -> tuple[str, str]:
    return (purchase.transaction_date.isoformat(), purchase.transaction_id)
