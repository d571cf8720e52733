"""Every key string of the views table. `{n}` is the generation's number, `{NN}` a hash of the member.

PK                                            SK                    what                              ScoreIndex
{n}#RANK#{category}#{period}#{by}#shard{NN}   {member}              a card or merchant in a ranking   the same PK
{n}#USER#{userId}                             MONTH#{month}#{cat}   a user's month in a category      ... by user
                                              YEAR#{year}#{cat}     a user's year in a category       ... by user
{n}#CATEGORIES#{period}                       {category}            a category's month or year
{n}#CARDMONTHS#{year}#shard{NN}               {cardId}#{month}      a card's month
{n}#CARDDAYS#{month}#shard{NN}                {cardId}#{date}       a card's day
{n}#JOURNAL#MONTHS#shard{NN}                  {month}               what was booked in a UTC month
{n}#JOURNAL#{month}#shard{NN}                 {month}-DDTHH         ... in an hour
{n}#JOURNAL#{hour}#shard{NN}                  {hour}:MM:SS          ... in a second
CONTROL                                       CURRENT               the current generation
                                              NUMBER#{n}            a number that was given
{n}#CONTROL                                   SHARD#{shardId}       how far a stream shard is counted
                                              LINE#{source}#{depth} the shard that has this place in its line
                                              PARKED#{shardId}#{sequence}#{hash of the row}

ScoreIndex  scorePK, scoreSK = {10^24 - kickback value, 25 digits}#{member}: ascending is value descending, then member.
"""

import hashlib

from app.domain.bookings import HOUR, MONTH
from app.domain.rankings import RankedBy
from app.ports.views import (
    CardTotal,
    CategoryTotal,
    Generation,
    JournalTotal,
    Leaderboard,
    LeaderboardRow,
    UserTotal,
    ViewId,
)
from app.store.sharding import shard_of

SCORE_INDEX = "ScoreIndex"
CONTROL_PK = "CONTROL"
CURRENT_SK = "CURRENT"

_HIGHEST = 10**24
_SCORE_DIGITS = 25
# What is left of DynamoDB's 1,024 bytes for a sort key after the score, `#`, and a hash for names that are cut.
_MEMBER_BYTES = 960


def view_key(generation: Generation, view_id: ViewId) -> tuple[str, str]:
    """PK and SK of a row."""
    match view_id:
        case LeaderboardRow(category, period, by, member):
            board = Leaderboard(category, period, by)
            return board_pk(generation, board, shard_of(member, generation.shards)), member
        case UserTotal(user_id, period, category):
            return user_pk(generation, user_id), f"{'MONTH' if len(period) == 7 else 'YEAR'}#{period}#{category}"
        case CategoryTotal(period, category):
            return categories_pk(generation, period), category
        case CardTotal(card_id, period):
            shard = shard_of(card_id, generation.shards)
            if len(period) == 7:
                return card_months_pk(generation, period[:4], shard), f"{card_id}#{period}"
            return card_days_pk(generation, period[:7], shard), f"{card_id}#{period}"
        case JournalTotal(period, shard):
            return journal_pk(generation, _span_around(period), shard), period


def score_pk(generation: Generation, view_id: ViewId) -> str | None:
    """The partition of ScoreIndex that a row is ranked in; None for rows that are not."""
    match view_id:
        case LeaderboardRow(category, period, by, member):
            board = Leaderboard(category, period, by)
        case UserTotal(member, period, category):
            board = Leaderboard(category, period, RankedBy.USER)
        case _:
            return None
    return board_pk(generation, board, shard_of(member, generation.shards))


def board_pk(generation: Generation, board: Leaderboard, shard: int) -> str:
    """One shard of a leaderboard."""
    return f"{generation.number}#RANK#{board.category}#{board.period}#{board.by.value}#shard{shard:02d}"


def user_pk(generation: Generation, user_id: str) -> str:
    """All rows of a user."""
    return f"{generation.number}#USER#{user_id}"


def categories_pk(generation: Generation, period: str) -> str:
    """All categories of a period. One partition: a category is written once for each batch, not for each purchase."""
    return f"{generation.number}#CATEGORIES#{period}"


def card_months_pk(generation: Generation, year: str, shard: int) -> str:
    """The cards' months of a year, one shard."""
    return f"{generation.number}#CARDMONTHS#{year}#shard{shard:02d}"


def card_days_pk(generation: Generation, month: str, shard: int) -> str:
    """The cards' days of a month, one shard."""
    return f"{generation.number}#CARDDAYS#{month}#shard{shard:02d}"


def journal_pk(generation: Generation, within: str | None, shard: int) -> str:
    """One shard of all months, of a month's hours, of an hour's seconds."""
    return f"{generation.number}#JOURNAL#{within or 'MONTHS'}#shard{shard:02d}"


def _span_around(period: str) -> str | None:
    match len(period):
        case length if length == MONTH:
            return None
        case length if length == HOUR:
            return period[:MONTH]
    return period[:HOUR]


def score_sk(value: int, member: str) -> str:
    """Ascending text order of these is value descending, then member."""
    return f"{_HIGHEST - value:0{_SCORE_DIGITS}d}#{_short(member)}"


def member_of_score(sort_key: str) -> str:
    """The member in a score_sk, where it is short enough to be there whole: ids are, merchants' names need not be."""
    return sort_key[_SCORE_DIGITS + 1 :]


def _short(member: str) -> str:
    encoded = member.encode()
    if len(encoded) <= _MEMBER_BYTES:
        return member
    digest = hashlib.blake2b(encoded, digest_size=8).hexdigest()
    return encoded[:_MEMBER_BYTES].decode(errors="ignore") + f"~{digest}"


def control_pk(number: int) -> str:
    """What the projector remembers of a generation."""
    return f"{number}#CONTROL"


def number_sk(number: int) -> str:
    """A generation number that was given."""
    return f"NUMBER#{number:010d}"


def shard_sk(shard_id: str) -> str:
    """How far a stream shard is counted."""
    return f"SHARD#{shard_id}"


def line_sk(source: str, depth: int) -> str:
    """A place in a line of shards, which only one shard can have."""
    return f"LINE#{source}#{depth}"


def parked_sk(shard_id: str, sequence: str, row: str) -> str:
    """A record, or its effect on one row, that cannot be counted."""
    return f"PARKED#{shard_id}#{sequence}#{hashlib.blake2b(row.encode(), digest_size=8).hexdigest()}"
