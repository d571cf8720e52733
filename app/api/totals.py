"""Sums as clients receive them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec
from pydantic import Field

from app.api.schemas import Answer
from app.domain.kickbacks import KickbackType, Valuation
from app.domain.rates import rate_text, ratio_millionths
from app.domain.totals import Totals

_NAMES = tuple((kind, kind.value) for kind in KickbackType)


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
    return {name: by_type[kind] for kind, name in _NAMES if kind in by_type}


def rate_document(totals: Totals, valuation: Valuation) -> dict[str, Any]:
    """The sums and what they realize: kickback over spending."""
    document = totals_document(totals, valuation)
    document["realizedRate"] = rate_number(ratio_millionths(document["kickbackValue"], totals.transaction_total))
    return document


def valuation_document(valuation: Valuation, currency: str) -> msgspec.Raw:
    """What one unit of each type counts for."""
    return _valuation(currency, *(valuation[kind] for kind, _ in _NAMES))


@lru_cache(maxsize=64)
def _valuation(currency: str, *millionths: int) -> msgspec.Raw:
    """It is in every answer and the same in all of them, until the views are made again with another one."""
    rates = {name: rate_number(one) for (_, name), one in zip(_NAMES, millionths, strict=True)}
    return msgspec.Raw(msgspec.json.encode({"currency": currency, **rates}))


def rate_number(millionths: int | None) -> msgspec.Raw | None:
    """A JSON number with at most 6 decimals, exactly; None stays null."""
    return msgspec.Raw(rate_text(millionths)) if millionths is not None else None
