"""A month or a year as a query parameter."""

from pydantic import Field

from app.api.problems import invalid
from app.api.views import ViewQuery
from app.domain.periods import Period, parse_month, parse_year


class PeriodQuery(ViewQuery):
    """One of `month` and `year`."""

    month: str | None = Field(None, description="YYYY-MM", examples=["2025-05"])
    year: str | None = Field(None, description="YYYY, instead of month")

    def period(self) -> Period:
        """Raises Problem VALIDATION_FAILED."""
        if (self.month is None) == (self.year is None):
            raise invalid("/query/month", "give either month or year")
        try:
            return parse_month(self.month) if self.month is not None else parse_year(str(self.year))
        except ValueError as error:
            raise invalid("/query/month" if self.month is not None else "/query/year", str(error)) from None


def period_document(period: Period) -> dict[str, str]:
    """As it was asked for."""
    return {"month" if len(period.name) == 7 else "year": period.name}
