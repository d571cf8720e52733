"""What the series over purchases read: one user who bought everything with one card, in a category of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.kickbacks import KickbackType
from app.domain.ledger import Account
from app.domain.purchases import Purchase
from bench.views.crowd import Crowd, purchases

FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2023, 12, 31)
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
# Sizes whose digits are as many everywhere, so that answers are equally long.
_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Stock:
    """So many purchases in a year, and as many entries in the account that they earned for."""

    size: int

    @property
    def user_id(self) -> str:
        """Who bought it all."""
        return f"user-{self.size:0{_DIGITS}d}"

    @property
    def card_id(self) -> str:
        """The card."""
        return f"card-{self.size:0{_DIGITS}d}"

    @property
    def category(self) -> str:
        """The category."""
        return f"ALL{self.size:0{_DIGITS}d}"

    @property
    def account(self) -> Account:
        """The user's points."""
        return Account(self.user_id, KickbackType.POINT)

    def purchases(self) -> Iterator[Purchase]:
        """From many merchants, spread evenly over the days."""
        for place, one in enumerate(self._made(f"all-{self.size}", self.size)):
            yield self._own(one, FIRST_DAY + timedelta(days=place * _DAYS // self.size))

    def more(self, count: int, day: date) -> Iterator[Purchase]:
        """Of the same user, with other ids, all on one day."""
        return (self._own(one, day) for one in self._made(f"more-{self.size}", count))

    def _made(self, name: str, count: int) -> Iterator[Purchase]:
        return purchases(name, Crowd(users=1, cards=1, categories=(self.category,)), "2023-01", count)

    def _own(self, one: Purchase, day: date) -> Purchase:
        return replace(one, user_id=self.user_id, card_id=self.card_id, transaction_date=day)
