"""Sums as clients receive them."""

from typing import Any

import msgspec
from pydantic import Field

from app.api.schemas import Answer
from app.domain.kickbacks import KickbackType, Valuation
from app.domain.rates import rate_text
from app.domain.totals import Totals


class TotalsAnswer(Answer):
    """`kickbackByType` is exact, each in its own unit; `kickbackValue` converts them by the valuation shown."""

    count: int
    transaction_total: int
    kickback_value: int
    kickback_by_type: dict[str, int]


class ValuationAnswer(Answer):
    """How `kickbackValue` was made: what one unit of each type is worth in `currency`'s smallest unit."""

    currency: str = Field(examples=["JPY"])
    POINT: float = Field(alias="POINT")
    MILE: float = Field(alias="MILE")
    CASHBACK: float = Field(alias="CASHBACK")


def totals_document(totals: Totals, valuation: Valuation) -> dict[str, Any]:
    """Types that do not occur are left out."""
    return {
        "count": totals.count,
        "transactionTotal": totals.transaction_total,
        "kickbackValue": totals.value(valuation),
        "kickbackByType": {
            kind.value: totals.kickback_by_type[kind] for kind in KickbackType if kind in totals.kickback_by_type
        },
    }


def valuation_document(valuation: Valuation, currency: str) -> dict[str, Any]:
    """What one unit of each type counts for."""
    return {"currency": currency, **{kind.value: rate_number(valuation[kind]) for kind in KickbackType}}


def rate_number(millionths: int | None) -> msgspec.Raw | None:
    """A JSON number with at most 6 decimals, exactly; None stays null."""
    return msgspec.Raw(rate_text(millionths).encode()) if millionths is not None else None
