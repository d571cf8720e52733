"""View rows as DynamoDB items and back. All rows have one shape; a row with a place in a ranking has it in its keys.

Answers read hundreds of rows: what is not shown is not decoded, and numbers are numbers at once.
"""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

import msgspec

from app.domain.groups import NOBODY, Users
from app.domain.kickbacks import KickbackType
from app.domain.rankings import RankedBy
from app.domain.totals import Totals
from app.domain.view_rows import Naming, Part, ViewRow
from app.ports.views import Generation, LeaderboardRow, UserTotal, ViewId
from app.store.view_keys import member_of_score, score_pk, score_sk, view_key
from app.store.wire import Binary, Item, MapValue, Text, Whole, number, text

_KINDS = tuple(KickbackType)
MARKS = "marks"


class SumsItem(msgspec.Struct, kw_only=True, gc=False):
    """A stored row without its breakdown and marks."""

    SK: Text
    count: Whole
    transactionTotal: Whole
    rateMillionthsSum: Whole
    POINT: Whole | None = None
    MILE: Whole | None = None
    CASHBACK: Whole | None = None
    name: Text | None = None
    namedAt: Text | None = None
    users: Binary | None = None


class RankedItem(SumsItem, kw_only=True):
    """A row of ScoreIndex."""

    scoreSK: Text


class _Amount(msgspec.Struct, frozen=True, gc=False):
    """A number, or `{"NULL": true}`"""

    N: int | None = None


class _Part(msgspec.Struct, array_like=True, gc=False):
    count: Whole
    transaction_total: Whole
    rate_millionths_sum: Whole
    point: _Amount
    mile: _Amount
    cashback: _Amount
    name: Text | None = None
    named_at: Text | None = None


class _PartValue(msgspec.Struct, gc=False):
    L: _Part


class _SumsValue(msgspec.Struct, gc=False):
    L: tuple[Whole, Whole]


class PartsItem(SumsItem, kw_only=True):
    """A row with its breakdown."""

    parts: MapValue[_PartValue] | None = None
    postings: MapValue[_SumsValue] | None = None


class ViewItem(PartsItem, kw_only=True):
    """A whole row."""

    PK: Text
    marks: MapValue[Binary] | None = None


INDEXED = (
    "count",
    "transactionTotal",
    "rateMillionthsSum",
    *(kind.value for kind in _KINDS),
    "name",
    "namedAt",
    "users",
)


def view_item(generation: Generation, view_id: ViewId, row: ViewRow) -> Item:
    """The item. Equal rows give equal items, whatever was counted in which order."""
    pk, sk = view_key(generation, view_id)
    item: Item = {
        "PK": text(pk),
        "SK": text(sk),
        "count": number(row.totals.count),
        "transactionTotal": number(row.totals.transaction_total),
        "rateMillionthsSum": number(row.totals.rate_millionths_sum),
    }
    for kind, amount in _by_kind(row.totals):
        item[kind.value] = number(amount)
    if row.naming.name is not None:
        item["name"] = text(row.naming.name)
        item["namedAt"] = text(row.naming.named_at)
    if row.users:
        item["users"] = _binary(row.users)
    if row.parts:
        item["parts"] = {"M": {key: _part_value(row.parts[key]) for key in sorted(row.parts)}}
    if row.postings:
        item["postings"] = {"M": {key: _sums_value(*row.postings[key]) for key in sorted(row.postings)}}
    if row.marks:
        item[MARKS] = marks_value(row)
    # Without purchases (all reversed) a member has no place.
    score_partition = score_pk(generation, view_id) if row.totals.count else None
    if score_partition is not None:
        item["scorePK"] = text(score_partition)
        item["scoreSK"] = text(score_sk(row.totals.value(generation.valuation), _member(view_id)))
    return item


def row_of(item: ViewItem) -> ViewRow:
    """The whole row an item holds."""
    row = parts_of(item)
    if item.marks is not None:
        row.marks = {source: mark.B for source, mark in item.marks.M.items()}
    return row


def parts_of(item: PartsItem) -> ViewRow:
    """A row without its marks."""
    row = sums_of(item)
    if item.parts is not None:
        row.parts = {key: _part_of(value.L) for key, value in item.parts.M.items()}
    if item.postings is not None:
        row.postings = {key: (value.L[0].N, value.L[1].N) for key, value in item.postings.M.items()}
    return row


def sums_of(item: SumsItem) -> ViewRow:
    """A row without its breakdown and marks."""
    return ViewRow(
        _totals(item.count.N, item.transactionTotal.N, item.rateMillionthsSum.N, item.POINT, item.MILE, item.CASHBACK),
        _naming(item.name, item.namedAt),
        users=_users(item.users),
    )


def member_of(item: RankedItem, by: RankedBy) -> str:
    """Who a row of a leaderboard is about."""
    return member_of_score(item.scoreSK.S) if by is RankedBy.USER else item.SK.S


def marks_value(row: ViewRow) -> dict[str, Any]:
    """The marks as they are stored, and as a condition names them."""
    return {"M": {source: _binary(row.marks[source]) for source in sorted(row.marks)}}


def _member(view_id: ViewId) -> str:
    match view_id:
        case LeaderboardRow(member=member) | UserTotal(user_id=member):
            return member
    raise ValueError("only leaderboards have members")


def _by_kind(totals: Totals) -> Iterable[tuple[KickbackType, int]]:
    return ((kind, totals.kickback_by_type[kind]) for kind in _KINDS if kind in totals.kickback_by_type)


def _part_value(part: Part) -> dict[str, Any]:
    totals = part.totals
    by_kind = dict(_by_kind(totals))
    members: list[dict[str, Any]] = [
        number(totals.count),
        number(totals.transaction_total),
        number(totals.rate_millionths_sum),
        *(number(by_kind[kind]) if kind in by_kind else {"NULL": True} for kind in _KINDS),
    ]
    if part.naming.name is not None:
        members += [text(part.naming.name), text(part.naming.named_at)]
    return {"L": members}


def _part_of(part: _Part) -> Part:
    totals = _totals(
        part.count.N, part.transaction_total.N, part.rate_millionths_sum.N, part.point, part.mile, part.cashback
    )
    return Part(totals, _naming(part.name, part.named_at))


def _naming(name: Text | None, named_at: Text | None) -> Naming:
    return Naming(name.S, named_at.S) if name is not None and named_at is not None else Naming()


def _users(users: Binary | None) -> Users:
    """Rows that were made before users were counted have none: nobody can be surely said to be behind them."""
    return users.B if users is not None else NOBODY


def _binary(value: bytes) -> dict[str, str]:
    return {"B": b64encode(value).decode()}


def _sums_value(debit: int, credit: int) -> dict[str, Any]:
    return {"L": [number(debit), number(credit)]}


def _totals(
    count: int,
    transaction_total: int,
    rate_millionths_sum: int,
    point: Whole | _Amount | None,
    mile: Whole | _Amount | None,
    cashback: Whole | _Amount | None,
) -> Totals:
    by_type: dict[KickbackType, int] = {}
    if point is not None and point.N is not None:
        by_type[KickbackType.POINT] = point.N
    if mile is not None and mile.N is not None:
        by_type[KickbackType.MILE] = mile.N
    if cashback is not None and cashback.N is not None:
        by_type[KickbackType.CASHBACK] = cashback.N
    return Totals(count, transaction_total, rate_millionths_sum, by_type)
