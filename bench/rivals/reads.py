"""Which keys hold an answer from the views, and which a page of history."""

from datetime import date
from itertools import groupby

from app.domain.edges import cover_of
from app.domain.kickbacks import KickbackType
from app.domain.periods import DateRange
from app.domain.rankings import RankedBy
from app.ports.views import Leaderboard
from app.store import keys
from app.store.sharding import shard_of
from app.store.view_keys import board_pk, card_days_pk, card_months_pk, categories_pk
from bench.rivals.basics import Current

Span = tuple[str, str, str]
"""A partition, and the lowest and highest sort key in it."""


def history_span(user_id: str, first: date | None, last: date | None) -> Span:
    """A user's purchases between two days."""
    low, high = keys.transaction_range(DateRange(first, last))
    return keys.user_pk(user_id), low, high


def ledger_span(user_id: str, kind: KickbackType) -> Span:
    """All entries of an account."""
    return keys.user_pk(user_id), keys.ledger_sk(kind, 0), keys.ledger_sk(kind, keys.LAST_VERSION)


def board_partitions(category: str, month: str, current: Current) -> list[str]:
    """The shards of a category's ranking of cards, in the index by score."""
    board = Leaderboard(category, month, RankedBy.CARD)
    return [board_pk(current.generation, board, shard) for shard in range(current.generation.shards)]


def categories_partition(month: str, current: Current) -> str:
    """All categories of a month."""
    return categories_pk(current.generation, month)


def card_spans(card_id: str, first: date, last: date, current: Current) -> list[Span]:
    """The card's whole months by year, and the days at the edges by month."""
    cover, shard = cover_of(first, last), shard_of(card_id, current.generation.shards)
    spans = [
        (card_months_pk(current.generation, year, shard), list(months))
        for year, months in groupby(cover.months, key=lambda month: month[:4])
    ]
    spans += [
        (card_days_pk(current.generation, month, shard), list(days))
        for month, days in groupby(cover.days, key=lambda day: day[:7])
    ]
    return [(pk, f"{card_id}#{periods[0]}", f"{card_id}#{periods[-1]}") for pk, periods in spans]
