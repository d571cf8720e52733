"""How long a kickback counts, as data. Points are valid through the whole last day, in the business time zone."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.domain.periods import add_months, last_day_of_month


class RoundUp(StrEnum):
    """To the last day of what the day lies in."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


@dataclass(frozen=True, slots=True)
class Validity:
    """Days or months after the day it was earned, or until a fixed day; none of them means for ever.

    `round_up` moves the last day on to the end of its month, quarter or year.
    """

    days: int | None = None
    months: int | None = None
    until: date | None = None
    round_up: RoundUp | None = None

    def last_day(self, earned_on: date) -> date | None:
        """The last day that counts, or None: earned 2022-10-01 with 7 days -> 2022-10-08."""
        day = self._unrounded(earned_on)
        return rounded_up(day, self.round_up) if day is not None and self.round_up is not None else day

    @property
    def rule(self) -> str:
        """In fixed words: '180 days', '6 months, to the end of the quarter', 'until 2027-03-31', 'never'."""
        if self.until is not None:
            text = f"until {self.until.isoformat()}"
        elif self.months is not None:
            text = f"{self.months} months"
        elif self.days is not None:
            text = f"{self.days} days"
        else:
            return "never"
        return text if self.round_up is None else f"{text}, to the end of the {self.round_up.value.lower()}"

    def _unrounded(self, earned_on: date) -> date | None:
        if self.until is not None:
            return self.until
        if self.months is not None:
            return add_months(earned_on, self.months)
        if self.days is not None:
            return earned_on + timedelta(days=self.days)
        return None


def rounded_up(day: date, to: RoundUp) -> date:
    """2024-02-10 -> 2024-02-29 (month), 2024-03-31 (quarter), 2024-12-31 (year)."""
    match to:
        case RoundUp.MONTH:
            return last_day_of_month(day)
        case RoundUp.QUARTER:
            return last_day_of_month(date(day.year, (day.month + 2) // 3 * 3, 1))
        case RoundUp.YEAR:
            return date(day.year, 12, 31)
