"""On how many days or months in a row a user bought something, computed from the purchases at this moment."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from app.domain.periods import DateRange
from app.domain.streaks import Streaks, StreakUnit, period_number, streaks_of
from app.domain.totals import Figures
from app.ports.kickbacks import Kickbacks


async def user_streaks(user_id: str, unit: StreakUnit, on: date, *, kickbacks: Kickbacks) -> Streaks:
    """By the purchases' business dates, as it was on a day: what was bought later does not count. A purchase that was
    wholly reversed does not count either. Raises StoreUnavailable."""
    counts: Counter[str] = Counter()

    def consume(purchases: Sequence[Figures]) -> None:
        for figures in purchases:
            counts[figures.transaction_date] += figures.count_change

    await kickbacks.fold(user_id, DateRange(last=on), consume)
    days = [date.fromisoformat(day) for day, count in counts.items() if count > 0]
    return streaks_of((period_number(unit, day) for day in days), at=period_number(unit, on))
