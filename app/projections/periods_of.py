"""The month and year a purchase belongs to, from its business date."""

from app.domain.totals import Figures


def month_of(figures: Figures) -> str:
    """'2023-05'"""
    return figures.transaction_date[:7]


def year_of(figures: Figures) -> str:
    """'2023'"""
    return figures.transaction_date[:4]
