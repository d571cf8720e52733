"""View rows as DynamoDB items and back. All rows have one shape; a row with a place in a ranking has it in its keys."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

import msgspec

from app.domain.kickbacks import KickbackType
from app.domain.rankings import RankedBy
from app.domain.totals import Totals
from app.domain.view_rows import Naming, Part, ViewRow
from app.ports.views import Generation, LeaderboardRow, UserTotal, ViewId
from app.store.view_keys import member_of_score, score_pk, score_sk, view_key
from app.store.wire import Binary, Item, ListValue, MapValue, Number, Text, Value, number, text

_KINDS = tuple(KickbackType)
MARKS = "marks"


class ViewItem(msgspec.Struct, kw_only=True):
    """A stored row. In ScoreIndex parts and marks are left out."""

    PK: Text
    SK: Text
    scoreSK: Text | None = None
    count: Number
    transactionTotal: Number
    rateMillionthsSum: Number
    POINT: Number | None = None
    MILE: Number | None = None
    CASHBACK: Number | None = None
    name: Text | None = None
    namedAt: Text | None = None
    parts: MapValue[ListValue] | None = None
    postings: MapValue[ListValue] | None = None
    marks: MapValue[Binary] | None = None


INDEXED = ("count", "transactionTotal", "rateMillionthsSum", *(kind.value for kind in _KINDS), "name", "namedAt")


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
    """The row an item holds."""
    return ViewRow(
        totals=_totals(
            item.count, item.transactionTotal, item.rateMillionthsSum, (item.POINT, item.MILE, item.CASHBACK)
        ),
        naming=Naming(item.name.S, item.namedAt.S) if item.name and item.namedAt else Naming(),
        parts={key: _part(value.L) for key, value in item.parts.M.items()} if item.parts else {},
        postings={key: _sums(value.L) for key, value in item.postings.M.items()} if item.postings else {},
        marks={source: mark.B for source, mark in item.marks.M.items()} if item.marks else {},
    )


def member_of(item: ViewItem, by: RankedBy) -> str:
    """Who a row of a leaderboard is about."""
    if by is RankedBy.USER and item.scoreSK is not None:
        return member_of_score(item.scoreSK.S)
    return item.SK.S


def marks_value(row: ViewRow) -> dict[str, Any]:
    """The marks as they are stored, and as a condition names them."""
    return {"M": {source: {"B": b64encode(row.marks[source]).decode()} for source in sorted(row.marks)}}


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


def _part(values: list[Value]) -> Part:
    count, total, rates, *rest = values
    numbers = [Number(value.N) if value.N is not None else None for value in rest[: len(_KINDS)]]
    named = [value.S for value in rest[len(_KINDS) :]]
    naming = Naming(str(named[0]), str(named[1])) if named else Naming()
    return Part(_totals(_number(count), _number(total), _number(rates), numbers), naming)


def _sums_value(debit: int, credit: int) -> dict[str, Any]:
    return {"L": [number(debit), number(credit)]}


def _sums(values: list[Value]) -> tuple[int, int]:
    debit, credit = values
    return int(_number(debit).N), int(_number(credit).N)


def _number(value: Value) -> Number:
    return Number(value.N or "0")


def _totals(count: Number, total: Number, rates: Number, by_kind: Iterable[Number | None]) -> Totals:
    return Totals(
        int(count.N),
        int(total.N),
        int(rates.N),
        {kind: int(amount.N) for kind, amount in zip(_KINDS, by_kind, strict=True) if amount is not None},
    )
