"""Plain rows of the views as the domain's sums, and the answers that are made of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.kickbacks import KickbackType, Valuation
from app.domain.periods import Period
from app.domain.rankings import MEDALS, rank_among
from app.domain.rates import MILLION
from app.domain.row_sums import sum_of
from app.domain.totals import Totals
from app.domain.view_rows import Naming, Part, ViewRow
from bench.rivals.basics import Basics, Current

_KINDS = tuple(KickbackType)
Row = Mapping[str, Any]


def totals_of(row: Row) -> Totals:
    """A row's sums."""
    by_kind = {kind: int(row[kind.value]) for kind in _KINDS if kind.value in row}
    return Totals(int(row["count"]), int(row["transactionTotal"]), int(row["rateMillionthsSum"]), by_kind)


def ranking_document(
    category: str,
    period: Period,
    board: Sequence[Row],
    categories: Sequence[Row],
    *,
    limit: int,
    current: Current,
    known: Basics,
) -> dict[str, Any]:
    """The first page: `board` are the best of each shard, `categories` the period's."""
    valuation = current.generation.valuation
    values = {row["SK"]: totals_of(row) for row in categories}
    own = values.get(category, Totals())
    others = [totals.value(valuation) for totals in values.values() if totals.count]
    best = sorted(board, key=lambda row: str(row["scoreSK"]))
    return {
        "category": category,
        "month": period.name,
        "by": "card",
        "asOf": current.as_of,
        "final": period.last < current.as_of_day,
        "categoryRank": rank_among(own.value(valuation), others) if own.count else None,
        "totals": totals_document(own, valuation),
        "valuation": known.valuation_document,
        "items": list(_ranked(best[:limit], valuation)),
        "nextCursor": best[limit - 1]["scoreSK"] if len(best) > limit else None,
    }


def _ranked(rows: Iterable[Row], valuation: Valuation) -> Iterable[dict[str, Any]]:
    rank, before = 0, None
    for position, row in enumerate(rows, start=1):
        totals = totals_of(row)
        value = totals.value(valuation)
        if value != before:
            rank, before = position, value
        yield {
            "rank": rank,
            "medal": MEDALS.get(rank),
            "id": row["SK"],
            "name": row.get("name"),
            **rate_document(totals, valuation),
        }


def efficiency_document(
    card_id: str, first: date, last: date, rows: Iterable[Row], *, current: Current, known: Basics
) -> dict[str, Any]:
    """From the card's months and days."""
    valuation = current.generation.valuation
    found = sum_of(_with_parts(row) for row in rows)
    return {
        "cardId": card_id,
        "cardName": found.naming.name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "asOf": current.as_of,
        **rate_document(found.totals, valuation),
        "averageRate": _rate(found.totals.average_rate_millionths()),
        "byCategory": [
            {"category": category, **rate_document(part.totals, valuation)}
            for category, part in sorted(found.parts.items())
            if part.totals.count
        ],
        "valuation": known.valuation_document,
    }


def totals_document(totals: Totals, valuation: Valuation) -> dict[str, Any]:
    """Sums."""
    return {
        "count": totals.count,
        "transactionTotal": totals.transaction_total,
        "kickbackValue": totals.value(valuation),
        "kickbackByType": {
            kind.value: totals.kickback_by_type[kind] for kind in _KINDS if kind in totals.kickback_by_type
        },
    }


def rate_document(totals: Totals, valuation: Valuation) -> dict[str, Any]:
    """Sums and what they realize."""
    return {
        **totals_document(totals, valuation),
        "realizedRate": _rate(totals.realized_rate_millionths(valuation)),
    }


def _rate(millionths: int | None) -> float | None:
    return millionths / MILLION if millionths is not None else None


def _with_parts(row: Row) -> ViewRow:
    naming = Naming(row["name"], row["namedAt"]) if "name" in row else Naming()
    return ViewRow(totals_of(row), naming, {key: _part(values) for key, values in row.get("parts", {}).items()})


def _part(values: Sequence[Any]) -> Part:
    count, total, rates, *amounts = values
    by_kind = {kind: int(amount) for kind, amount in zip(_KINDS, amounts, strict=False) if amount is not None}
    return Part(Totals(int(count), int(total), int(rates), by_kind))
