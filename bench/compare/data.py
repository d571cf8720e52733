"""The purchases that are there to read, and those that are posted."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

from app.domain.purchases import Purchase
from bench.views.crowd import Crowd, body_of, purchases

MONTH = "2023-05"
CATEGORIES = ("GROCERY", "TRAVEL", "BOOKS", "FUEL")
# Few enough users that even the one with the fewest purchases of the month has more than a page.
CROWD = Crowd(users=4, merchants=100, cards=200, categories=CATEGORIES)
READERS = [f"user-{number:05d}" for number in range(CROWD.users)]
EFFICIENCY_CARD = "card-daily"
BALANCE_USERS = [f"saver-{number:02d}" for number in range(8)]
LOTS = 10
# So many that one who is posted for is rarely asked for again while an earlier purchase of theirs is under way.
POSTING_USERS = 64

_PURCHASES = 800
_FIRST_DAY, _DAYS = date(2022, 1, 1), range(0, 365, 3)
_POSTED = Crowd(users=1, merchants=1, cards=1, categories=("POSTED",))


def read_purchases() -> Iterator[Purchase]:
    """A month of the crowd, and a purchase on every third day of a year with one card."""
    yield from purchases("crowd", CROWD, MONTH, _PURCHASES)
    for days, one in zip(_DAYS, purchases("daily", CROWD, "2022-01", len(_DAYS)), strict=True):
        yield replace(one, transaction_date=_FIRST_DAY + timedelta(days=days), card_id=EFFICIENCY_CARD)


def earned_purchases(sides: Sequence[str], day: date) -> Iterator[Purchase]:
    """What gives accounts their entries: users with `LOTS` open lots whose balance is read, and for each side users
    that are posted for."""
    users = [user for user in BALANCE_USERS for _ in range(LOTS)] + [user for side in sides for user in _users(side)]
    for one, user in zip(purchases("earned", _POSTED, MONTH, len(users)), users, strict=True):
        yield replace(one, user_id=user, transaction_date=day)


def posts(side: str, name: str, day: date) -> Iterator[bytes]:
    """Bodies without end: purchases of the day, by the side's users in turn, with ids that no other name has."""
    (made,) = purchases("posted", _POSTED, MONTH, 1)
    users = _users(side)
    for number in count():
        transaction_id, user = f"{name}-{side}-{number:07d}", users[number % len(users)]
        yield body_of(replace(made, transaction_id=transaction_id, user_id=user, transaction_date=day))


def _users(side: str) -> list[str]:
    return [f"{side}-{number:03d}" for number in range(POSTING_USERS)]
