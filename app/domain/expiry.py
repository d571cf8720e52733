"""How long a kickback counts. Points are valid through the whole last day, in the business time zone."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.periods import add_months


@dataclass(frozen=True, slots=True)
class Validity:
    """Days or months after the day it was earned; neither means for ever."""

    days: int | None = None
    months: int | None = None

    def last_day(self, earned_on: date) -> date | None:
        """The last day that counts, or None: earned 2022-10-01 with 7 days -> 2022-10-08."""
        if self.months is not None:
            return add_months(earned_on, self.months)
        if self.days is not None:
            return earned_on + timedelta(days=self.days)
        return None
