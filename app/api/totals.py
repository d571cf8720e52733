"""Sums as clients receive them."""

from collections.abc import Mapping
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
        "kickbackByType": types_document(totals.kickback_by_type),
    }


def types_document(by_type: Mapping[KickbackType, int]) -> dict[str, int]:
    """Amounts by type, always in the same order."""
    return {kind.value: by_type[kind] for kind in KickbackType if kind in by_type}


def rate_document(totals: Totals, valuation: Valuation) -> dict[str, Any]:
    """The sums and what they realize: kickback over spending."""
    return {
        **totals_document(totals, valuation),
        "realizedRate": rate_number(totals.realized_rate_millionths(valuation)),
    }


def valuation_document(valuation: Valuation, currency: str) -> dict[str, Any]:
    """What one unit of each type counts for."""
    return {"currency": currency, **{kind.value: rate_number(valuation[kind]) for kind in KickbackType}}


def rate_number(millionths: int | None) -> msgspec.Raw | None:
    """A JSON number with at most 6 decimals, exactly; None stays null."""
    return msgspec.Raw(rate_text(millionths).encode()) if millionths is not None else None
